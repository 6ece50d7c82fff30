# The web page, as a user without rights: docker build -t mimik . && docker run -p 127.0.0.1:8000:8000 mimik
FROM python:3.12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/mimik
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY main.py LICENSE ./
COPY fer_core fer_core
COPY cli cli
COPY web web
COPY Resources Resources

RUN useradd --system --create-home --home-dir /data mimik
USER mimik
ENV MIMIK_HOME=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=4)"]

# Inside the container every address is reachable, so it asks for a token: MIMIK_TOKEN, or the one that it prints.
CMD ["python", "main.py", "serve", "--host", "0.0.0.0"]
