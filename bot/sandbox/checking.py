"""Turns the raw parameters of a request into a declared method, refusing whatever the declaration does not name.

Telegram ignores parameters it does not know; the sandbox refuses them, because a misspelt one is a bug.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from bot.sandbox.api_methods import Method, method_name
from bot.sandbox.api_types import LEFT_OUT, Choice, InputFile, KeyboardButton, NotInSandbox
from bot.sandbox.errors import bad_request

_M = TypeVar("_M", bound=Method)
_INTEGER = re.compile(r"-?\d{1,19}")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field; `types` are the alternatives, without None."""

    name: str
    types: tuple[Any, ...]
    required: bool
    left_out: bool


@cache
def fields_of(declared: type) -> tuple[Field, ...]:
    """The Bot API fields of a declared method or type."""
    hints = get_type_hints(declared, include_extras=True)
    return tuple(
        Field(
            f.name,
            _alternatives(hints[f.name]),
            _is_required(f),
            LEFT_OUT in getattr(hints[f.name], "__metadata__", ()),
        )
        for f in fields(declared)
        if f.metadata.get("api", True)
    )


def check(method: type[_M], values: Mapping[str, object], uploads: Mapping[str, InputFile]) -> _M:
    """The request as a `method`, or a 400 that names the first parameter that is wrong.

    A value may be a string where the request was a form: it is read as Telegram reads it, nested objects as JSON.
    """
    declared = {field.name: field for field in fields_of(cast(Any, method))}
    for name in values:
        if name not in declared:
            raise bad_request(f'unknown parameter "{name}" of {method_name(method)}')
    checked = {}
    for field in declared.values():
        value = _top_level_value(field, values, uploads)
        if value is not None:
            checked[field.name] = value
        elif field.required:
            raise bad_request(f'parameter "{field.name}" of {method_name(method)} is required')
    _refuse_stray_uploads(declared, values, uploads)
    return method(**cast(dict[str, Any], checked), uploads=uploads)


def _top_level_value(
    field: Field, values: Mapping[str, object], uploads: Mapping[str, InputFile]
) -> object | None:
    if InputFile in field.types:
        value = _file_value(field, values, uploads)
    elif isinstance(raw := values.get(field.name), str):
        value = _from_string(field.types, raw, field.name)
    else:
        value = None if raw is None else _build(field.types, raw, field.name)
    if value is not None and field.left_out:
        raise _not_in_sandbox(field.name)
    return value


def _file_value(
    field: Field, values: Mapping[str, object], uploads: Mapping[str, InputFile]
) -> object | None:
    value = uploads.get(field.name, values.get(field.name))
    if isinstance(value, str) and value.startswith("attach://"):
        return attached(value, uploads)
    if value is None or isinstance(value, InputFile | str):
        return value
    raise bad_request(f'parameter "{field.name}" must be a file or a file_id')


def attached(reference: str, uploads: Mapping[str, InputFile]) -> InputFile:
    """The file part that `attach://<name>` refers to."""
    name = reference.removeprefix("attach://")
    if name not in uploads:
        raise bad_request(f'wrong file identifier/HTTP URL specified: no file part is named "{name}"')
    return uploads[name]


def _refuse_stray_uploads(
    declared: Mapping[str, Field], values: Mapping[str, object], uploads: Mapping[str, InputFile]
) -> None:
    sent = json.dumps(dict(values), default=str)
    for name in uploads:
        takes_file = name in declared and InputFile in declared[name].types
        if not takes_file and f"attach://{name}" not in sent:
            raise bad_request(f'file part "{name}" is not used by any parameter')


def _from_string(types: tuple[Any, ...], raw: str, path: str) -> object:
    """A top-level value that came as a string; https://core.telegram.org/bots/api#making-requests."""
    if int in types and _INTEGER.fullmatch(raw):
        return int(raw)
    if str in types:
        return raw
    if bool in types and raw.lower() in _FLAGS:
        return _FLAGS[raw.lower()]
    if int in types or bool in types:
        raise _wrong_type(types, path)
    if not raw:
        return None
    try:
        parsed = json.loads(raw)
    except ValueError:
        raise bad_request(f'can\'t parse parameter "{path}": it must be JSON-serialized') from None
    return _build(types, parsed, path)


def _build(types: tuple[Any, ...], value: object, path: str) -> object:
    for kind in types:
        if kind in (int, str, bool):
            if type(value) is kind:
                return value
        elif get_origin(kind) is tuple:
            if isinstance(value, list):
                item = _alternatives(get_args(kind)[0])
                return tuple(_build(item, entry, f"{path}[{i}]") for i, entry in enumerate(value))
        elif isinstance(value, str) and kind is KeyboardButton:
            return KeyboardButton(text=value)
        elif isinstance(value, dict):
            return _build_object(_pick(types, value, path), value, path)
    raise _wrong_type(types, path)


def _pick(types: tuple[Any, ...], value: Mapping[str, object], path: str) -> type:
    """Which of several object types this is: by its `type` field, or by the required fields that it has."""
    if len(types) > 1:
        fitting = [kind for kind in types if all(f.name in value for f in fields_of(kind) if f.required)]
        if len(fitting) != 1:
            names = ", ".join(kind.__name__ for kind in types)
            raise bad_request(f'"{path}" must be exactly one of {names}')
        return cast(type, fitting[0])
    kind = types[0]
    if kind in Choice.__subclasses__():
        options = kind.options()
        if (tag := value.get("type")) not in options:
            raise bad_request(f'"{path}.type" must be one of {", ".join(options)}, not {tag!r}')
        kind = options[tag]
    if issubclass(kind, NotInSandbox):
        raise _not_in_sandbox(f"{path}: {kind.__name__}")
    return cast(type, kind)


def _build_object(kind: type, value: Mapping[str, object], path: str) -> object:
    declared = {field.name: field for field in fields_of(kind)}
    for name in value:
        if name not in declared:
            raise bad_request(f'unknown field "{name}" of {kind.__name__} at "{path}"')
        if declared[name].left_out and value[name] is not None:
            raise _not_in_sandbox(f"{path}.{name}")
    for field in declared.values():
        if field.required and value.get(field.name) is None:
            raise bad_request(f'field "{field.name}" of {kind.__name__} at "{path}" is required')
    return kind(
        **{
            name: _build(declared[name].types, entry, f"{path}.{name}")
            for name, entry in value.items()
            if entry is not None
        }
    )


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        return tuple(kind for kind in get_args(annotation) if kind is not NoneType)
    return (annotation,)


def _is_required(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _wrong_type(types: tuple[Any, ...], path: str) -> Exception:
    return bad_request(f'"{path}" must be {" or ".join(type_name(kind) for kind in types)}')


def _not_in_sandbox(what: str) -> Exception:
    return bad_request(f"the sandbox does not carry out {what}")


def type_name(kind: Any) -> str:
    """The Bot API's name of a declared type, such as `Array of Integer`."""
    if get_origin(kind) is tuple:
        return f"Array of {type_name(get_args(kind)[0])}"
    names = {int: "Integer", str: "String", bool: "Boolean"}
    return names.get(kind) or str(kind.__name__)
