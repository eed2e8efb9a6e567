"""No scenario is left out."""

from pathlib import Path

HERE = Path(__file__).parent
DOMAIN = HERE.parents[1] / "domain"
WITHOUT_SCENARIOS = {"test_model"}


def test_every_module_with_scenarios_has_its_twin_here() -> None:
    with_scenarios = {path.stem for path in DOMAIN.glob("test_*.py") if "town: Town" in path.read_text()}
    twins = {path.stem for path in HERE.glob("test_*.py")} - {Path(__file__).stem}
    assert twins == with_scenarios - WITHOUT_SCENARIOS
