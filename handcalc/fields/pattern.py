"""Keys with * for any letters, as `rounding.keys` and `marking.marks` have them."""


def fits(pattern: str, key: str) -> bool:
    """Does a key fit a pattern? Each part is found at its first place, so that no pattern takes long."""
    first, *parts = pattern.split("*")
    if not parts:
        return key == pattern
    *middle, last = parts
    if not key.startswith(first) or len(key) < len(first) + len(last) or not key.endswith(last):
        return False
    at, end = len(first), len(key) - len(last)
    for part in middle:
        found = key.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
