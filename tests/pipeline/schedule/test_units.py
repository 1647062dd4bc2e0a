"""Texts for other schedulers, read back by the grammar of each."""

import plistlib
import re
import shlex
import shutil
import subprocess

import pytest

from pipeline.errors import ConfigError
from pipeline.schedule import plan as plans
from pipeline.schedule.units import Unit, text

ODD = '/a b/it\'s 100% "$HOME" `x` \\%&<co>/scholar-metrics'
REFRESH = (ODD, "refresh", "--config", f"{ODD}.toml")
PUBLISH = (ODD, "publish", "--config", f"{ODD}.toml")


def make(kind, cron="17 3 * * *", *, timezone="UTC", refresh=REFRESH, publish=None):
    plan = plans.make(cron, timezone)
    return text(kind, Unit(plan=plan, refresh=refresh, publish=publish, deadline=3600.0))


def systemd_words(line):
    """A command line after systemd.service(5): quotes, escapes, specifiers, variables."""
    words = []
    for quoted in re.findall(r'"((?:[^"\\]|\\.)*)"', line):
        word = re.sub(r"\\(.)", r"\1", quoted).replace("%%", "%")
        words.append(word.replace("$$", "$") if words else word)
    return tuple(words)


def sections(unit):
    """`Section.Key` and value, in order; comments and empty lines left out."""
    found, section = [], None
    for line in unit.splitlines():
        if re.fullmatch(r"\[\w+\]", line):
            section = line[1:-1]
        elif line and not line.startswith("#"):
            key, sign, value = line.partition("=")
            assert sign
            assert section
            found.append((f"{section}.{key}", value))
    return found


def systemd(cron="17 3 * * *", **options):
    service, timer = make("systemd", cron, **options).split("\n\n# ~/.config/systemd/user/")
    return sections(service), sections("# " + timer)


def calendar(cron, timezone="UTC"):
    _, timer = systemd(cron, timezone=timezone)
    return [value for key, value in timer if key == "Timer.OnCalendar"]


def crontab_command(made):
    """What cron hands to the shell: vixie's own loop over the rest of the line."""
    (line,) = [one for one in made.splitlines() if one[0] not in "#C"]
    rest = line.split(" ", 5)[5]
    out, is_escaped = [], False
    for char in rest:
        if is_escaped:
            if char == "%":
                out.pop()
            out.append(char)
            is_escaped = False
        elif char == "%":
            break
        else:
            out.append(char)
            is_escaped = char == "\\"
    return "".join(out)


BY_SHELL = ("/bin/sh", "-c", 'exec "$0" "$@"')


@pytest.mark.parametrize("program", ["/plain", "/a b/$HOME/100%/x=y"])
def test_systemd_runs_the_command_by_its_words(program):
    words = (program, *REFRESH[1:])
    service, _ = systemd(refresh=words)
    (line,) = [value for key, value in service if key == "Service.ExecStart"]
    assert systemd_words(line) == words


def test_systemd_runs_a_program_whose_path_it_would_refuse_by_a_shell():
    service, _ = systemd()
    (line,) = [value for key, value in service if key == "Service.ExecStart"]
    assert systemd_words(line) == (*BY_SHELL, *REFRESH)
    echoed = subprocess.run(
        [*BY_SHELL, "/bin/echo", *REFRESH[1:]], capture_output=True, text=True, check=True
    )
    assert echoed.stdout == " ".join(REFRESH[1:]) + "\n"


def test_systemd_publishes_after_a_refresh_that_was_fresh_in_part():
    service, _ = systemd(publish=PUBLISH)
    lines = [value for key, value in service if key == "Service.ExecStart"]
    assert [systemd_words(line)[3:] for line in lines] == [REFRESH, PUBLISH]
    assert ("Service.Type", "oneshot") in service
    assert ("Service.SuccessExitStatus", "1") in service
    assert ("Service.TimeoutStartSec", "3600") in service


def test_systemd_makes_up_for_missed_nights_and_spreads_the_load():
    _, timer = systemd()
    assert ("Timer.Persistent", "true") in timer
    assert ("Timer.RandomizedDelaySec", "300") in timer
    assert ("Timer.RandomizedDelaySec", "0") in systemd("*/5 * * * *")[1]


@pytest.mark.parametrize(
    ("cron", "lines"),
    [
        ("17 3 * * *", ["*-*-* 03:17:00 UTC"]),
        ("* * * * *", ["*-*-* *:*:00 UTC"]),
        ("*/20 0-2 * * *", ["*-*-* 00,01,02:00,20,40:00 UTC"]),
        ("0 4 * * mon-wed,0", ["Sun,Mon,Tue,Wed *-*-* 04:00:00 UTC"]),
        ("0 4 1,15 1-3 *", ["*-01,02,03-01,15 04:00:00 UTC"]),
        ("0 4 13 * 5", ["*-*-13 04:00:00 UTC", "Fri *-*-* 04:00:00 UTC"]),
        ("0 4 */15 * 5", ["Fri *-*-01,16,31 04:00:00 UTC"]),
    ],
)
def test_systemd_gets_the_same_times(cron, lines):
    assert calendar(cron) == lines


def test_systemd_gets_the_zone():
    assert calendar("17 3 * * *", "Europe/Berlin") == ["*-*-* 03:17:00 Europe/Berlin"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
@pytest.mark.parametrize("cron", ["17 3 * * *", "*/5 1-3 1,15 2 mon", "* * */2 * sun,sat"])
def test_systemd_itself_takes_the_times(cron):
    done = subprocess.run(
        ["systemd-analyze", "calendar", *calendar(cron)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
@pytest.mark.parametrize("folder", ["plain", "a b $HOME 100%", 'it\'s "a\\b"'])
def test_systemd_itself_takes_the_units(tmp_path, folder):
    program = tmp_path / folder / "scholar-metrics"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    made = make("systemd", refresh=(str(program), "refresh", "--config", "100% $x"))
    service, timer = made.split("\n\n# ~/.config/systemd/user/scholar-metrics.timer\n")
    (tmp_path / "scholar-metrics.service").write_text(service)
    (tmp_path / "scholar-metrics.timer").write_text(timer)
    names = [str(tmp_path / f"scholar-metrics.{kind}") for kind in ("service", "timer")]
    done = subprocess.run(
        ["systemd-analyze", "verify", *names], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_cron_gets_the_expression_and_the_zone():
    made = make("cron", "*/5 3 * * mon", timezone="Europe/Berlin")
    assert "\nCRON_TZ=Europe/Berlin\n*/5 3 * * mon /" in make(
        "cron", "*/5 3 * * mon", timezone="Europe/Berlin", refresh=("/x/y", "refresh")
    )
    assert made.endswith("\n")


@pytest.mark.parametrize("path", [ODD, "/plain/path", "/100%", "%%", "/back\\%slash", "/end\\", ""])
def test_cron_hands_the_shell_the_very_words(path):
    words = (path or "/x", "refresh", "--config", path)
    assert tuple(shlex.split(crontab_command(make("cron", refresh=words)))) == words


@pytest.mark.parametrize(("code", "asked"), [(0, 2), (1, 2), (2, 1), (3, 1), (5, 1)])
def test_the_shell_publishes_only_what_is_fresh_at_least_in_part(tmp_path, code, asked):
    program = tmp_path / "it's 100%" / "scholar-metrics"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$1" >> {shlex.quote(str(tmp_path))}/asked\nexit {code}\n')
    program.chmod(0o755)
    words = (str(program), "refresh"), (str(program), "publish")
    (tmp_path / "asked").touch()
    subprocess.run(
        ["/bin/sh", "-c", crontab_command(make("cron", refresh=words[0], publish=words[1]))],
        check=False,
    )
    assert (tmp_path / "asked").read_text().split() == ["refresh", "publish"][:asked]


def intervals(cron):
    return plistlib.loads(make("launchd", cron).encode())["StartCalendarInterval"]


def test_launchd_runs_the_command_by_its_words():
    found = plistlib.loads(make("launchd").encode())
    assert tuple(found["ProgramArguments"]) == REFRESH
    assert found["Label"] == "scholar-metrics"


def test_launchd_publishes_by_a_shell():
    found = plistlib.loads(make("launchd", publish=PUBLISH).encode())
    shell, option, line = found["ProgramArguments"]
    assert (shell, option) == ("/bin/sh", "-c")
    words = shlex.split(line.replace(";", " ; ", 1))
    assert tuple(words) == (*REFRESH, ";", "[", "$?", "-le", "1", "]", "&&", *PUBLISH)


@pytest.mark.parametrize(
    ("cron", "found"),
    [
        ("17 3 * * *", [{"Minute": 17, "Hour": 3}]),
        ("* * * * *", [{}]),
        ("0,30 3 * * *", [{"Minute": 0, "Hour": 3}, {"Minute": 30, "Hour": 3}]),
        ("0 3 * 5 0", [{"Minute": 0, "Hour": 3, "Month": 5, "Weekday": 0}]),
        (
            "0 3 13 * 5",
            [{"Minute": 0, "Hour": 3, "Day": 13}, {"Minute": 0, "Hour": 3, "Weekday": 5}],
        ),
    ],
)
def test_launchd_gets_the_same_times(cron, found):
    assert intervals(cron) == found


def test_launchd_is_refused_what_it_cannot_say():
    with pytest.raises(ConfigError, match="leave one of them"):
        make("launchd", "0 3 */2 * 5")


def test_launchd_is_refused_a_list_without_end():
    with pytest.raises(ConfigError, match="1200 entries for launchd"):
        make("launchd", "*/3 */2 1-5 * *")


@pytest.mark.parametrize("kind", ["systemd", "cron", "launchd"])
def test_a_path_with_a_line_break_is_refused(kind):
    with pytest.raises(ConfigError, match="control character"):
        make(kind, refresh=("/x\n[Service]", "refresh"))


@pytest.mark.parametrize("kind", ["systemd", "cron", "launchd"])
def test_an_odd_path_for_publishing_is_refused_too(kind):
    with pytest.raises(ConfigError, match="control character"):
        make(kind, publish=("/x\ty", "publish"))
