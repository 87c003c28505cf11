"""Parts that exporters share."""

from __future__ import annotations

import pytest

from aitp_gym.errors import BadInput, DependencyNotInstalled
from aitp_gym.traces.exporters.output import library, output_folder


def test_a_missing_library_is_named_with_its_extra():
    with pytest.raises(DependencyNotInstalled, match=r"needs nowhere_to_be_found, .*aitp-gym\[some\]"):
        library("nowhere_to_be_found.inside", "some")


def test_a_folder_has_its_name_once_it_is_complete(tmp_path):
    with output_folder(tmp_path / "made") as unfinished:
        (unfinished / "file").touch()
        assert not (tmp_path / "made").exists()
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["file"]


def test_an_interrupted_export_leaves_nothing(tmp_path):
    def interrupted() -> None:
        with output_folder(tmp_path / "made") as unfinished:
            (unfinished / "file").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("taken", ["file", "link"])
def test_whatever_has_the_name_stays(tmp_path, taken):
    path = tmp_path / taken
    path.touch() if taken == "file" else path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="exists already"), output_folder(path):
        pass
    assert [each.name for each in tmp_path.iterdir()] == [taken]
