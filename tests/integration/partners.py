"""What of other people the tests run: obtained once, kept below the build directory.

Account: moto's server, and boto3 to fill it and to compare with, from PyPI, pinned.

Emulator: the binary that AWS ships in its SAM CLI on PyPI, pinned and checked by its digest.
Go client: the module proxy's, with a Go toolchain. Java client: Maven's, with a JDK. Both compile
the function that is named, once for each text of it.
Python client: awslambdaric from PyPI. Node.js client: aws-lambda-ric from npm, which builds
native code (cmake, C++ compiler, autotools). A part that cannot be had raises Missing."""
import fcntl
import hashlib
import os
import pathlib
import platform
import re
import shutil
import socket
import subprocess
import sys
import threading
import zipfile

SAM = "aws-sam-cli==1.170.0"
SAM_SHA256 = "24ebaf5ecba38dc1758089968cb89ab61e124b84e92a344fc7a2771a47f4d0bf"
PYTHON_CLIENT = "awslambdaric==4.2.2"
NODE_CLIENT = "aws-lambda-ric@3.3.0"
GO_CLIENT = "github.com/aws/aws-lambda-go v1.49.0"
JAVA_CLIENT = "aws-lambda-java-runtime-interface-client 2.6.0"
JAVA_MAIN = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda"
MOTO = ["moto[server]==5.2.5", "boto3==1.43.67", "botocore==1.43.67"]
MINISTACK = "ministack==1.5.33"
INSTALL_SECONDS = 900  # the Node.js client compiles its own libcurl, minutes on a busy machine
START_SECONDS = 60
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


class Missing(Exception):
    """Which part cannot be had, and why."""


def run(part, command, env=None, **more):
    env = {"PIP_NO_CACHE_DIR": "1", **(env or os.environ)}  # nothing is left outside the build directory
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=env,
                              stderr=subprocess.STDOUT, text=True, timeout=INSTALL_SECONDS, **more)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise Missing(f"{part}: {problem}") from None
    if done.returncode:
        last = [line for line in done.stdout.splitlines() if line.strip()][-3:]
        raise Missing(f"{part}: {' '.join(command[:4])} ended with {done.returncode}: {' / '.join(last)}")


def once(directory, version, install):
    """Runs install(directory) unless it has run to its end for this version before. Tests that
    run side by side wait for the first that does."""
    stamp = directory / "version"
    directory.parent.mkdir(parents=True, exist_ok=True)
    with open(directory.with_name(directory.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != version:
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir(parents=True)
            install(directory)
            stamp.write_text(version)
    return directory


def environment(cache):
    """A Python of its own, with pip and the client: the system's may have neither."""
    def install(directory):
        run("python client", [sys.executable, "-m", "venv", str(directory)])
        run("python client", [str(directory / "bin" / "python"), "-m", "pip", "install", "-q", PYTHON_CLIENT])

    return once(cache / "python", PYTHON_CLIENT, install) / "bin" / "python"


def emulator(cache):
    machine = MACHINES.get(platform.machine().lower())
    if sys.platform != "linux" or not machine:
        raise Missing(f"emulator: none for {sys.platform} {platform.machine()}")
    python = environment(cache)

    def install(directory):
        run("emulator", [str(python), "-m", "pip", "download", "-q", "--no-deps", "--only-binary",
                         ":all:", "-d", str(directory), SAM])
        wheel = next(directory.glob("*.whl"))
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != SAM_SHA256:
            raise Missing(f"emulator: {wheel.name} is not the file that was pinned")
        with zipfile.ZipFile(wheel) as archive:
            (directory / "rie").write_bytes(archive.read(f"samcli/local/rapid/aws-lambda-rie-{machine}"))
        (directory / "rie").chmod(0o755)
        wheel.unlink()

    return once(cache / "emulator", SAM, install) / "rie"


def python_client(cache):
    return [str(environment(cache)), "-m", "awslambdaric"]


def node_client(cache):
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        raise Missing("node client: node and npm are not installed")

    def install(directory):
        env = {**os.environ, "npm_config_cache": str(cache / "npm"), "XDG_CACHE_HOME": str(cache / "npm")}
        prefix = pathlib.Path(node).resolve().parent.parent
        if (prefix / "include" / "node" / "node.h").exists():  # else node-gyp downloads the headers
            env.setdefault("npm_config_nodedir", str(prefix))
        run("node client", ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(directory),
                            NODE_CLIENT], env=env)

    package = once(cache / "node", NODE_CLIENT, install) / "node_modules" / "aws-lambda-ric"
    if not (package / "dist" / "rapid-client.node").exists() and not list(package.rglob("rapid-client.node")):
        raise Missing("node client: its native part was not built")
    return [node, str(package / "bin" / "index.mjs")]


def has(part, *programs):
    for program in programs:
        if not shutil.which(program):
            raise Missing(f"{part}: {program} is not installed")


def text_digest(source):
    return hashlib.sha256(source.read_bytes()).hexdigest()


def go_client(cache, source):
    """The function `source` as the bootstrap of a custom runtime."""
    has("go client", "go")

    def install(directory):
        module, version = GO_CLIENT.split()
        (directory / "go.mod").write_text(f"module function\n\ngo 1.21\n\nrequire {module} {version}\n")
        shutil.copy(source, directory / "main.go")
        env = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod -buildvcs=false -modcacherw",
               "GOPATH": str(cache / "gopath"), "GOCACHE": str(cache / "gocache")}
        run("go client", ["go", "mod", "download", module], cwd=directory, env=env)
        run("go client", ["go", "build", "-o", "bootstrap", "main.go"], cwd=directory, env=env)

    return [str(once(cache / "go", GO_CLIENT + text_digest(source), install) / "bootstrap")]


POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>function</groupId><artifactId>function</artifactId><version>1</version><dependencies><dependency>
<groupId>com.amazonaws</groupId><artifactId>{}</artifactId><version>{}</version>
</dependency></dependencies></project>
"""


def java_client(cache, source):
    """The function `source` and its runtime's client on one class path."""
    has("java client", "java", "javac", "mvn")

    def install(directory):
        (directory / "pom.xml").write_text(POM.format(*JAVA_CLIENT.split()))
        run("java client", ["mvn", "-q", "-B", f"-Dmaven.repo.local={cache / 'maven'}",
                            "dependency:copy-dependencies", "-DoutputDirectory=lib"],
            cwd=directory)
        run("java client", ["javac", "-cp", "lib/*", "-d", "classes", str(source)], cwd=directory)

    directory = once(cache / "java", JAVA_CLIENT + text_digest(source), install)
    return ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
            f"{directory / 'classes'}:{directory / 'lib' / '*'}", JAVA_MAIN]


def aws_python(cache):
    """A Python that has botocore, boto3 and moto."""
    def install(directory):
        run("moto", [sys.executable, "-m", "venv", str(directory)])
        run("moto", [str(directory / "bin" / "python"), "-m", "pip", "install", "-q", *MOTO])

    return once(cache / "moto", " ".join(MOTO), install) / "bin" / "python"


class MotoServer:
    """moto on a free port of the loopback while the block runs; `url` is where."""
    name = "moto"

    def __init__(self, cache, **env):
        self.command = [str(aws_python(cache)), "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        self.env = {**os.environ, **env}

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, env=self.env)
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        said = b""
        for line in self.process.stdout:
            said += line
            found = re.search(rb"Running on (http://127\.0\.0\.1:[0-9]+)", line)
            if found:
                break
        watchdog.cancel()
        if not found:
            raise Missing(f"{self.name}: it did not start: {said[-300:]!r}")
        self.url = found.group(1).decode()
        threading.Thread(target=self.process.stdout.read, daemon=True).start()  # it must not block
        return self

    def __exit__(self, *why):
        self.process.kill()
        self.process.wait()


def ministack(cache):
    def install(directory):
        run("ministack", [sys.executable, "-m", "venv", str(directory)])
        run("ministack", [str(directory / "bin" / "python"), "-m", "pip", "install", "-q", MINISTACK])

    return once(cache / "ministack", MINISTACK, install) / "bin" / "ministack"


class MinistackServer(MotoServer):
    """ministack, which runs real functions, on a free port of the loopback."""
    name = "ministack"

    def __init__(self, cache, **env):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.command = [str(ministack(cache))]
        self.env = {**os.environ, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0", **env}
