# cloudpy to try, without installing Python:
#   docker build -t cloudpy .
#   docker run --rm -v "$PWD:/work" cloudpy new hello
#   docker run --rm -v "$PWD:/work" cloudpy run hello
#   docker run --rm -it -p 127.0.0.1:8900:8900 -v "$PWD:/work" cloudpy dev --host 0.0.0.0 --allow-remote
FROM python:3.12-slim
COPY . /src
RUN pip install --no-cache-dir "/src[local,check,migrate]" pytest && rm -rf /src
RUN useradd --create-home developer
USER developer
WORKDIR /work
EXPOSE 8900
ENTRYPOINT ["cloudpy"]
CMD ["--help"]
