"""Holds lines of JSON (stdin) against a schema; tests/json_schema.ts is the same on the host, and
says what is supported. Exits with 1 if a line is wrong, or if there are none."""
import json
import re
import sys

schema = json.load(open(sys.argv[1]))
defs = schema.get("$defs", {})
types = {
    "null": lambda v: v is None,
    "boolean": lambda v: isinstance(v, bool),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
}


def parts(s):
    if isinstance(s, bool):
        return []
    ref = [defs[s["$ref"].replace("#/$defs/", "")]] if "$ref" in s else []
    return s.get("allOf", []) + s.get("anyOf", []) + ref


def named(s):
    own = set() if isinstance(s, bool) else set(s.get("properties", {}))
    return own.union(*[named(part) for part in parts(s)])


def strict(value, s, at):
    wrong = check(value, s, at)
    if isinstance(value, dict) and named(s):
        wrong += [f"{at}.{name} is not in the schema" for name in value if name not in named(s)]
    return wrong


def check(value, s, at):
    if isinstance(s, bool):
        return [] if s else [f"{at} may not be there"]
    wrong = []
    wanted = s.get("type", [])
    wanted = [wanted] if isinstance(wanted, str) else wanted
    if wanted and not any(types[t](value) for t in wanted):
        return [f"{at}: not {' or '.join(wanted)}: {value!r}"]
    if "const" in s and value != s["const"]:
        wrong.append(f"{at}: not {s['const']}")
    if "enum" in s and value not in s["enum"]:
        wrong.append(f"{at}: not one of {s['enum']}")
    if "pattern" in s and isinstance(value, str) and not re.search(s["pattern"], value):
        wrong.append(f"{at}: {value!r} does not match {s['pattern']}")
    if "minimum" in s and types["number"](value) and value < s["minimum"]:
        wrong.append(f"{at}: less than {s['minimum']}")
    if "items" in s and isinstance(value, list):
        for i, each in enumerate(value):
            wrong += strict(each, s["items"], f"{at}[{i}]")
    if isinstance(value, dict):
        wrong += [f"{at}.{name} is missing" for name in s.get("required", []) if name not in value]
        for name, part in s.get("properties", {}).items():
            if name in value:
                wrong += strict(value[name], part, f"{at}.{name}")
    for part in s.get("allOf", []) + [p for p in parts({"$ref": s["$ref"]} if "$ref" in s else {})]:
        wrong += check(value, part, at)
    if "anyOf" in s:
        branches = [check(value, part, at) for part in s["anyOf"]]
        if all(branches):
            wrong += branches[0]
    if "if" in s:
        then = "else" if check(value, s["if"], at) else "then"
        wrong += check(value, s.get(then, True), at)
    return wrong


count = 0
failed = False
for line in sys.stdin:
    count += 1
    value = json.loads(line)
    # The whole schema: what comes nearest is what is meant.
    wrong = min((strict(value, s, "") for s in schema.get("anyOf", [schema])), key=len)
    if wrong:
        failed = True
        print(f"line {count}: {'; '.join(wrong)}: {line}")
if not count:
    print("no lines")
sys.exit(1 if failed or not count else 0)
