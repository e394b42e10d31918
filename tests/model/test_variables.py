"""The variables that choose the model, as they are shown."""

from pricer.model.variables import TOKEN, VARIABLES, wishes_of


def test_no_secret_is_among_what_is_shown():
    assert TOKEN not in {variable.name for variable in VARIABLES}
    assert {TOKEN: "hf_x"} == wishes_of({TOKEN: " hf_x\n", "PRICER_ADAPTER": " "})


def test_a_folder_is_shown_by_its_last_two_parts_and_a_hub_id_as_it_is(tmp_path):
    adapter = VARIABLES[0]

    assert "you/your-adapter" == adapter.shown({"PRICER_ADAPTER": " you/your-adapter\n"})
    assert "/".join(tmp_path.parts[-2:]) == adapter.shown({"PRICER_ADAPTER": str(tmp_path)})
    assert "" == adapter.shown({})
