"""The Chinese of the generated sections and charts of docs/zh/performance.md."""

from __future__ import annotations

import re

# Each pattern is English in a generated section or chart. Longer patterns come first.
PHRASES = (
    (r"\(\.\./images/([\w-]+)\.svg\)", r"(../images/\1.zh.svg)"),
    # texts of charts
    (r">Calls per second by tasks and by bytes of a response<", ">不同任务数和返回字节数下的每秒调用次数<"),
    (r">Calls per second<", ">每秒调用次数<"),
    (r">Seconds to the first result of a packaged function<", ">打包后的函数到第一个结果的秒数<"),
    (r">Seconds to the first result<", ">到第一个结果的秒数<"),
    (r">Requests per second on one worker<", ">单进程每秒请求数<"),
    (r">µs of processor time<", ">CPU 时间，µs<"),
    (r">one at a time<", ">逐个<"),
    (r">50 at once<", ">50 个并发<"),
    (r">with bytecode", ">有字节码"),
    (r">without bytecode", ">没有字节码"),
    (r">without<", ">没有字节码<"),
    (r">before<", ">之前<"),
    (r">after<", ">之后<"),
    (r">a core<", ">一个核<"),
    (r">a fifth of a core<", ">五分之一个核<"),
    (r", returns at once<", "，立即返回<"),
    (r", makes one call<", "，调用一次接口<"),
    # texts of sections
    (r"!\[Calls per second by tasks and bytes\]", "![不同任务数和字节数下的每秒调用次数]"),
    (r"!\[Calls per second\]", "![每秒调用次数]"),
    (r"!\[Seconds to the first result\]", "![到第一个结果的秒数]"),
    (r"!\[First result\]", "![第一个结果]"),
    (r"!\[Processor time\]", "![CPU 时间]"),
    (r"!\[Requests per second\]", "![每秒请求数]"),
    (r"Medians of (\d+) rounds, Python ([\d.]+), (\d+) cores\.", r"\1 轮的中位数，Python \2，\3 核。"),
    (r"\| ratio \| aim \| got \|", "| 比值 | 目标 | 实测 |"),
    (r"\bnot met\b", "未达到"),
    (r"\bmet\b", "达到"),
    (r"calls/s in sequence", "逐个调用，次/秒"),
    (r"calls/s, 50 at once", "50 个并发，次/秒"),
    (r"first result, s\b", "第一个结果，秒"),
    (r"peak memory, MB", "内存峰值，MB"),
    (r"import (\S+), ms over a bare Python", r"import \1，比空的 Python 多用的毫秒"),
    (r"… on a fifth of a core", "……五分之一个核"),
    (r"… on a laptop", "……在笔记本电脑上"),
    (r"… without bytecode", "……没有字节码"),
    (r", with bytecode", "，有字节码"),
    (r", without bytecode", "，没有字节码"),
    (r", sequence \|", "，逐个 |"),
    (r", together \|", "，并发 |"),
    (r", first bare \|", "，第一个结果，没有字节码 |"),
    (r", first \|", "，第一个结果 |"),
    (r", memory \|", "，内存 |"),
    (r", rate \|", "，每秒请求数 |"),
    (r"phase \| before, µs \| after, µs", "阶段 | 之前，µs | 之后，µs"),
    (r"variables, address, credentials", "环境变量、地址、凭证"),
    (r"case conversion and JSON of the parameters", "参数的大小写转换和 JSON"),
    (r"protobuf of the request", "请求的 protobuf"),
    (r"form and signature", "表单和签名"),
    (r"protobuf of the answer", "返回的 protobuf"),
    (r"JSON and case conversion of the answer", "返回的 JSON 和大小写转换"),
    (r"namespace, steps, attempts, deadline", "命名空间、步骤、重试、时限"),
    (r"all of these, after a wait", "以上合计，等待之后"),
    (r"all of these", "以上合计"),
    (r"transport, blocking", "传输，同步"),
    (r"transport, awaited, 50 at once", "传输，异步，50 个并发"),
    (r"transport, awaited", "传输，异步"),
    (r"package, MB", "包，MB"),
    (r"returns at once, s\b", "立即返回，秒"),
    (r"makes one call, s\b", "调用一次接口，秒"),
    (r"(\w[\w ]*), calls/s", r"\1，次/秒"),
    (r"\| ratio \|", "| 比值 |"),
    (r"([\d,]+) at once, (\d+) (B|kB|MB)", r"\1 个并发，\2 \3"),
    (
        r"([\d,]+) calls, (sync|async): ([\d.]+) MB after a tenth of them, ([\d.]+) MB at the end",
        r"\1 次调用，\2：十分之一后 \3 MB，结束时 \4 MB",
    ),
    (
        r"CloudIDs in one call: ([\d,]+) take (\d+) ms, ([\d,]+) take (\d+) ms \(([\d.]+) times as long\)",
        r"一次调用里的 CloudID：\1 个用 \2 毫秒，\3 个用 \4 毫秒（\5 倍）",
    ),
    (r"first 200, s \(least\)", "首个 200 响应，秒（最快）"),
    (r"requests/s", "请求/秒"),
    (r"p(50|99), ms", r"p\1，毫秒"),
    (r"memory of a worker, MB", "每个进程的内存，MB"),
    (r"processor, µs each", "每个请求的 CPU 时间，µs"),
    (r", sync handler", "，同步函数"),
    (r", as packaged \(no click\)", "，打包后（不含 click）"),
    (r"server, workers", "服务器，进程数"),
    (r"memory in all, MB", "总内存，MB"),
    (r"\bbare (aiohttp|http\.client)", r"仅 \1"),
)


def in_chinese(section: str) -> str:
    """Return a generated section, or a chart, with its English phrases in Chinese."""
    for pattern, chinese in PHRASES:
        section = re.sub(pattern, chinese, section)
    return section
