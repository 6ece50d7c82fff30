"""`serve`: what it says, and when it does not start."""

import re
import socket
import subprocess
import sys

import pytest

import cli
from tests.conftest import PROJECT_ROOT
from tests.waiting import PATIENCE_S


def test_a_model_that_is_not_there_is_one_sentence(capsys):
    assert cli.main(["serve", "--port", "0", "--model", "nobody"]) == 2
    assert "There is no model 'nobody'" in capsys.readouterr().err


def test_a_port_that_is_taken_is_one_sentence(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert cli.main(["serve", "--port", str(taken.getsockname()[1])]) == 2
    assert "choose another with --port" in capsys.readouterr().err


@pytest.mark.parametrize("prefix", ["mimik", "/mimik/"])
def test_a_prefix_of_the_wrong_form_is_one_sentence(capsys, prefix):
    assert cli.main(["serve", "--port", "0", "--prefix", prefix]) == 2
    assert "begins with a slash" in capsys.readouterr().err


def test_for_others_it_warns_and_makes_up_a_token():
    command = [sys.executable, "main.py", "serve", "--host", "0.0.0.0", "--port", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=PROJECT_ROOT, **pipes) as server:
        said = server.stdout.readline()
        server.terminate()
        _, warned = server.communicate(timeout=PATIENCE_S)
    assert re.search(r"Mimik is at http://0\.0\.0\.0:\d+/\?token=[\w-]{32}", said)
    assert "not encrypted" in warned
    assert "Traceback" not in warned
