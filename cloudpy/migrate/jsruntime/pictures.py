"""Pictures as sharp changes them, with Pillow: the same sizes and formats; single pixels may differ."""

from __future__ import annotations

import io
import math
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import call, text
from .promises import wait
from .values import Host, is_nil, truthy

_PICTURE_FORMATS = {"jpeg": "JPEG", "jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
_PICTURE_OPTIONS = {
    "resize": {"width", "height", "fit", "position", "background", "withoutEnlargement", "withoutReduction", "kernel"},
    "jpeg": {"quality", "progressive", "mozjpeg", "optimiseCoding", "optimizeCoding", "chromaSubsampling"},
    "png": {"quality", "compressionLevel", "progressive", "palette", "effort", "adaptiveFiltering"},
    "webp": {"quality", "lossless", "effort"},
    "composite": {"input", "top", "left", "gravity"},
    "create": {"width", "height", "channels", "background"},
}
_PICTURE_PLACES = {
    "centre": (1, 1), "center": (1, 1), "north": (1, 0), "top": (1, 0), "south": (1, 2), "bottom": (1, 2),
    "east": (2, 1), "right": (2, 1), "west": (0, 1), "left": (0, 1), "northeast": (2, 0), "right top": (2, 0),
    "southeast": (2, 2), "right bottom": (2, 2), "southwest": (0, 2), "left bottom": (0, 2), "northwest": (0, 0),
    "left top": (0, 0),
}  # fmt: skip


def _known_of(name: str, options: Any) -> dict[str, Any]:
    given = {} if is_nil(options) else {key: value for key, value in options.items() if not is_nil(value)}
    if given.keys() - _PICTURE_OPTIONS[name]:
        raise NotTranslated(f"the option {min(given.keys() - _PICTURE_OPTIONS[name])} of sharp is not translated")
    return given


def _place_of(name: Any) -> tuple[int, int]:
    if text(name) not in _PICTURE_PLACES:
        raise NotTranslated(f"the position {text(name)} of sharp is not translated")
    return _PICTURE_PLACES[text(name)]


def _color_of(value: Any) -> tuple[int, ...]:
    """Return red, green, blue and alpha of a colour as sharp takes it."""
    from PIL import ImageColor

    if isinstance(value, str):
        found = ImageColor.getrgb(value)
        return found if len(found) == 4 else (*found, 255)
    alpha = value.get("alpha", 1)
    return (*(int(value.get(name, 0)) for name in "rgb"), round(alpha * 255))


class PictureInfo(Host):
    """What ``metadata()`` and ``toFile()`` of sharp resolve to."""

    def __init__(self, **parts: Any) -> None:
        self.__dict__ |= parts


class Picture(Host):
    """``sharp(…)``: its operations are done when the picture is asked for."""

    def __init__(self, source: Any = UNDEFINED, options: Any = UNDEFINED) -> None:
        if isinstance(source, dict):
            source, options = UNDEFINED, source
        given = {} if is_nil(options) else {key: value for key, value in options.items() if not is_nil(value)}
        if given.keys() - {"create", "failOn", "failOnError", "limitInputPixels"}:
            raise NotTranslated("this option of sharp is not translated")
        self._source = _known_of("create", given["create"]) if "create" in given else source
        self._steps: list[tuple[str, Any]] = []
        self._format: tuple[str, dict[str, Any]] = ("", {})

    def _with(self, name: str, value: Any) -> Any:
        if any(each == name for each, _ in self._steps):
            raise NotTranslated(f"{name} of sharp, twice for one picture, is not translated")
        self._steps.append((name, value))
        return self

    def clone(self) -> Any:
        made = Picture()
        made._source, made._steps, made._format = self._source, list(self._steps), self._format
        return made

    def resize(self, width: Any = UNDEFINED, height: Any = UNDEFINED, options: Any = UNDEFINED) -> Any:
        if isinstance(width, dict):
            width, options = UNDEFINED, width
        given = _known_of("resize", options)
        sides = [given.get("width") if is_nil(width) else width, given.get("height") if is_nil(height) else height]
        for name, side in zip(("width", "height"), sides, strict=True):
            if side is not None and not (isinstance(side, int) and side > 0):
                shown = f"{text(side)} of type {'number' if isinstance(side, int | float) else type(side).__name__}"
                raise Exception(f"Expected positive integer for {name} but received {shown}")
        if given.get("fit", "cover") not in ("cover", "contain", "fill", "inside", "outside"):
            raise NotTranslated(f"the fit {given['fit']} of sharp is not translated")
        return self._with("resize", (*sides, given))

    def extract(self, options: Any) -> Any:
        return self._with("extract", options)

    def rotate(self, angle: Any = UNDEFINED) -> Any:
        if not is_nil(angle) and angle % 90:
            raise NotTranslated("rotate of sharp by other than right angles is not translated")
        return self._with("turn" if is_nil(angle) else "rotate", angle)

    def flip(self, is_done: Any = True) -> Any:
        return self._with("flip", None) if truthy(is_done) else self

    def flop(self, is_done: Any = True) -> Any:
        return self._with("flop", None) if truthy(is_done) else self

    def grayscale(self, is_done: Any = True) -> Any:
        return self._with("gray", None) if truthy(is_done) else self

    greyscale = grayscale

    def flatten(self, options: Any = True) -> Any:
        color = options.get("background", "#000") if isinstance(options, dict) else "#000"
        return self._with("flatten", color) if truthy(options) else self

    def composite(self, pictures: Any) -> Any:
        return self._with("composite", [_known_of("composite", each) for each in pictures])

    def jpeg(self, options: Any = UNDEFINED) -> Any:
        return self.toFormat("jpeg", options)

    def png(self, options: Any = UNDEFINED) -> Any:
        return self.toFormat("png", options)

    def webp(self, options: Any = UNDEFINED) -> Any:
        return self.toFormat("webp", options)

    def toFormat(self, name: Any, options: Any = UNDEFINED) -> Any:
        name = text(name).lower().replace("jpg", "jpeg")
        if name not in _PICTURE_FORMATS:
            raise NotTranslated(f"the format {name} of sharp is not translated")
        self._format = (name, _known_of(name, options))
        return self

    async def metadata(self) -> Any:
        import asyncio

        return await asyncio.to_thread(lambda: _picture_info(*_opened(self._source)))

    async def toBuffer(self, options: Any = UNDEFINED, callback: Any = UNDEFINED) -> Any:
        """Return the picture as a file, or that and what it is with ``resolveWithObject``."""
        import asyncio

        if callable(options):
            options, callback = UNDEFINED, options
        try:
            content, info = await asyncio.to_thread(self._made, "")
        except Exception as error:
            if is_nil(callback):
                raise
            return await wait(call(callback, error))
        if not is_nil(callback):
            return await wait(call(callback, None, content, info))
        whole = not is_nil(options) and truthy(options.get("resolveWithObject", False))
        return {"data": content, "info": info} if whole else content

    async def toFile(self, path: Any) -> Any:
        import asyncio

        def write() -> Any:
            ending = text(path).rpartition(".")[2].lower().replace("jpg", "jpeg")
            content, info = self._made(ending)
            with open(path, "wb") as file:
                file.write(content)
            return info

        return await asyncio.to_thread(write)

    def _made(self, ending: str) -> tuple[bytes, Any]:
        """Return the picture as a file."""
        picture, kind, _ = _opened(self._source)
        picture = _in_srgb(picture)
        names = [name for name, _ in self._steps]
        if len({"rotate", "flip", "flop"} & set(names)) > 1:
            raise NotTranslated("rotate, flip and flop of sharp, together, are not translated")
        order = ["turn", *[name for name in names if name in ("rotate", "extract", "resize", "flip", "flop")]]
        done = dict(self._steps)
        for name in [*order, "composite", "flatten", "gray"]:
            if name in done:
                picture = _PICTURE_STEPS[name](picture, done[name])
        if ending and ending not in _PICTURE_FORMATS:
            raise NotTranslated(f"a file .{ending} of sharp is not translated")
        name, options = self._format if self._format[0] else (ending or kind, {})
        if name not in _PICTURE_FORMATS:
            raise NotTranslated(f"the format {name} of sharp is not translated")
        content, channels = _saved(picture, name, options)
        size = len(content)
        info = PictureInfo(format=name, width=picture.width, height=picture.height, channels=channels, size=size)
        return content, info


def _opened(source: Any) -> tuple[Any, str, int]:
    """Return a picture, its format, and how many bytes its file has."""
    from PIL import Image, UnidentifiedImageError

    if isinstance(source, dict):
        mode = "RGBA" if source["channels"] == 4 else "RGB"
        color = _color_of(source["background"])[: len(mode)]
        return Image.new(mode, (source["width"], source["height"]), color), "", 0
    try:
        content = source if isinstance(source, bytes) else _read(source)
        if content.lstrip()[:5] in (b"<?xml", b"<svg ", b"<svg>"):
            raise NotTranslated("a picture in SVG is not translated: Pillow does not read it")
        picture = Image.open(io.BytesIO(content))
        picture.load()
    except FileNotFoundError:
        raise Exception(f"Input file is missing: {source}") from None
    except UnidentifiedImageError:
        what = "buffer" if isinstance(source, bytes) else "file"
        raise Exception(f"Input {what} contains unsupported image format") from None
    return picture, (picture.format or "").lower(), len(content)


def _read(path: Any) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _picture_info(picture: Any, kind: str, size: int) -> Any:
    bands = picture.getbands()
    has_alpha = "A" in bands or "transparency" in picture.info
    is_gray = picture.mode in ("L", "LA", "1", "I", "I;16")
    space = "b-w" if is_gray else "cmyk" if picture.mode == "CMYK" else "srgb"
    count = (1 if is_gray else 4 if space == "cmyk" else 3) + has_alpha
    turned = picture.getexif().get(0x0112)
    more: dict[str, Any] = {"size": size or UNDEFINED, "orientation": turned or UNDEFINED}
    depth = "ushort" if picture.mode in ("I", "I;16") else "uchar"
    return PictureInfo(
        format=kind, width=picture.width, height=picture.height, channels=count, hasAlpha=has_alpha, space=space,
        depth=depth, **more,
    )  # fmt: skip


def _in_srgb(picture: Any) -> Any:
    """Return the picture with red, green and blue as screens show them, or grey."""
    from PIL import ImageCms

    profile, exif = picture.info.get("icc_profile"), picture.getexif()
    if profile and picture.mode in ("RGB", "CMYK"):
        own, screen = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        picture = ImageCms.profileToProfile(picture, own, screen, outputMode="RGB")
    if picture.mode not in ("L", "LA", "RGB", "RGBA"):
        has_alpha = "A" in picture.getbands() or "transparency" in picture.info
        picture = picture.convert("L" if picture.mode in ("1", "I", "I;16") else "RGBA" if has_alpha else "RGB")
    picture.info["exif"] = exif.tobytes() if exif else b""
    return picture


def _resized(picture: Any, wanted: Any) -> Any:
    from PIL import Image

    width, height, options = wanted
    fit = options.get("fit", "cover")
    across, down = 1.0, 1.0
    if width and height:
        across, down = picture.width / width, picture.height / height
        if fit in ("cover", "outside"):
            across = down = min(across, down)
        elif fit in ("contain", "inside"):
            across = down = max(across, down)
    elif width or height:
        both = picture.width / width if width else picture.height / height
        across = both if width or fit != "fill" else 1.0
        down = both if height or fit != "fill" else 1.0
    if truthy(options.get("withoutEnlargement", False)):
        across, down = max(1.0, across), max(1.0, down)
    if truthy(options.get("withoutReduction", False)):
        across, down = min(1.0, across), min(1.0, down)
    across, down = min(across, picture.width), min(down, picture.height)
    size = (max(1, _nearest(picture.width / across)), max(1, _nearest(picture.height / down)))
    if size != picture.size:
        kernel = Image.Resampling.NEAREST if options.get("kernel") == "nearest" else Image.Resampling.LANCZOS
        picture = picture.resize(size, kernel)
    if not (width and height) or fit not in ("cover", "contain"):
        return picture
    wide, high = _place_of(options.get("position", "centre"))
    if fit == "contain":
        full = (max(picture.width, width), max(picture.height, height))
        color = _color_of(options.get("background", "#000"))
        mode = "RGBA" if color[3] < 255 or "A" in picture.getbands() else "RGB"
        made = Image.new(mode, full, color[: len(mode)])
        left, top = (full[0] - picture.width) * wide // 2, (full[1] - picture.height) * high // 2
        made.paste(picture.convert(mode), (left, top))
        return made
    cut = (min(picture.width, width), min(picture.height, height))
    left = (0, (picture.width - cut[0] + 1) // 2, picture.width - cut[0])[wide]
    top = (0, (picture.height - cut[1] + 1) // 2, picture.height - cut[1])[high]
    return picture.crop((left, top, left + cut[0], top + cut[1]))


def _nearest(value: float) -> int:
    return math.floor(value + 0.5)


def _extracted(picture: Any, area: Any) -> Any:
    left, top, width, height = (area[name] for name in ("left", "top", "width", "height"))
    if left + width > picture.width or top + height > picture.height:
        raise Exception("extract_area: bad extract area")
    return picture.crop((left, top, left + width, top + height))


def _turned(picture: Any, _: Any) -> Any:
    from PIL import ImageOps

    picture.getexif().load(picture.info.pop("exif"))
    return ImageOps.exif_transpose(picture)


def _flattened(picture: Any, color: Any) -> Any:
    from PIL import Image

    if "A" not in picture.getbands():
        return picture
    ground = Image.new("RGBA", picture.size, (*_color_of(color)[:3], 255))
    return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")


def _composed(picture: Any, parts: Any) -> Any:
    picture = picture.convert("RGBA")
    for part in parts:
        other = _in_srgb(_opened(part["input"])[0]).convert("RGBA")
        if other.width > picture.width or other.height > picture.height:
            raise Exception("Image to composite must have same dimensions or smaller")
        wide, high = _place_of(part.get("gravity", "centre"))
        left, top = (picture.width - other.width + 1) * wide // 2, (picture.height - other.height + 1) * high // 2
        if "left" in part or "top" in part:
            left, top = part.get("left", 0), part.get("top", 0)
        if left < 0 or top < 0:
            raise NotTranslated("a composite of sharp that begins outside of the picture is not translated")
        picture.alpha_composite(other, (left, top))
    return picture


def _saved(picture: Any, name: str, options: dict[str, Any]) -> tuple[bytes, int]:
    file = io.BytesIO()
    more: dict[str, Any] = {}
    if name in ("jpeg", "jpg"):
        picture = _flattened(picture, "#000").convert("L" if picture.mode == "L" else "RGB")
        more = {"quality": options.get("quality", 80), "progressive": truthy(options.get("progressive", False))}
        more |= {"optimize": True, "subsampling": 0 if options.get("chromaSubsampling") == "4:4:4" else 2}
    elif name == "webp":
        more = {"quality": options.get("quality", 80), "lossless": truthy(options.get("lossless", False))}
        picture = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    else:
        more = {"compress_level": options.get("compressionLevel", 6)}
        if "quality" in options or truthy(options.get("palette", False)):
            picture = (
                picture.quantize(256, method=2) if picture.mode == "RGBA" else picture.convert("RGB").quantize(256)
            )
    channels = len(picture.getbands()) if picture.mode != "P" else 4 if "transparency" in picture.info else 3
    picture.save(file, _PICTURE_FORMATS[name], exif=b"", **more)
    return file.getvalue(), channels


_PICTURE_STEPS: dict[str, Any] = {
    "turn": _turned,
    "rotate": lambda picture, angle: picture.rotate(-angle, expand=True),
    "flip": lambda picture, _: picture.transpose(1),
    "flop": lambda picture, _: picture.transpose(0),
    "extract": _extracted,
    "resize": _resized,
    "composite": _composed,
    "flatten": _flattened,
    "gray": lambda picture, _: picture.convert("L"),
}
