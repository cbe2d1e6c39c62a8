"""The settings of a language model, and what is said of broken ones."""

import pytest

from assistant.settings import ModelSettings, SettingsError, load_settings


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("MINGCE_MODEL", "gpt", "提供方:模型"),
        ("MINGCE_MODEL", "openai:", "提供方:模型"),
        ("MINGCE_MODEL_SECONDS", "soon", "MINGCE_MODEL_SECONDS"),
        ("MINGCE_MODEL_SECONDS", "0", "1 到 600"),
        ("MINGCE_MODEL_OPTIONS", "[1]", "JSON 对象"),
        ("MINGCE_MODEL_OPTIONS", "{", "JSON 对象"),
        ("MINGCE_MODEL_PRICE", "2", "读,写"),
        ("MINGCE_DESKS", "chat, admin", "admin"),
    ],
)
def test_a_broken_setting_is_named(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_settings({"MINGCE_MODEL": "openai:x", name: value})


def test_the_desks_of_the_page_in_their_order() -> None:
    assert load_settings({"MINGCE_DESKS": "hotline,chat"}).desks == ("chat", "hotline")
    assert len(load_settings({}).desks) == 5


def test_the_settings_of_a_model() -> None:
    model = load_settings(
        {"MINGCE_MODEL": "ollama:qwen3", "MINGCE_MODEL_OPTIONS": '{"temperature": 0}', "MINGCE_MODEL_PRICE": "2,8"}
    ).model
    assert model == ModelSettings("ollama:qwen3", 20.0, 1500, {"temperature": 0}, (2.0, 8.0))
    assert load_settings({}).model is None
