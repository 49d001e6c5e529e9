"""A planner that solves minigrid's rooms with a door and a key: the demonstrations of the recipe come from it, not from a person.

It sees the whole map, which the agent does not, and takes the shortest way (breadth first) to the key, to the door and to the goal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

LEFT, RIGHT, FORWARD, PICK_UP, TOGGLE = 0, 1, 2, 3, 5
DIRECTIONS = ((1, 0), (0, 1), (-1, 0), (0, -1))
Pose = tuple[int, int, int]
"""Column, row and direction (0 right, 1 down, 2 left, 3 up)."""


def next_action(env: Any) -> int | None:
    """The next action of a shortest plan from where a minigrid environment stands now; None where there is none."""
    grid = env.unwrapped
    if not hasattr(grid, "agent_pos"):
        return None
    column, row = (int(v) for v in grid.agent_pos)
    pose: Pose = (column, row, int(grid.agent_dir))
    door, key, goal = (_find(grid, kind) for kind in ("door", "key", "goal"))
    if goal is None:
        return None
    if door is None or grid.grid.get(*door).is_open:
        return first_step(pose, lambda p: (p[0], p[1]) == goal, lambda x, y: _free(grid, x, y))
    plan: int | None
    if grid.grid.get(*door).is_locked and grid.carrying is None:
        if key is None:
            return None
        target, action = key, PICK_UP
    else:
        target, action = door, TOGGLE
    if ahead(pose) == target:
        return action
    plan = first_step(pose, lambda p: ahead(p) == target, lambda x, y: _free(grid, x, y))
    return plan


def ahead(pose: Pose) -> tuple[int, int]:
    """The cell in front."""
    dx, dy = DIRECTIONS[pose[2]]
    return pose[0] + dx, pose[1] + dy


def first_step(start: Pose, reached: Callable[[Pose], bool], free: Callable[[int, int], bool]) -> int | None:
    """The first action of a shortest sequence of turns and steps to a pose that is wanted; None where there is none."""
    front: deque[tuple[Pose, int | None]] = deque([(start, None)])
    seen = {start}
    while front:
        pose, first = front.popleft()
        if reached(pose) and first is not None:
            return first
        column, row, direction = pose
        moves: list[tuple[int, Pose]] = [(LEFT, (column, row, (direction - 1) % 4)), (RIGHT, (column, row, (direction + 1) % 4))]
        if free(*ahead(pose)):
            moves.append((FORWARD, (*ahead(pose), direction)))
        for action, after in moves:
            if after not in seen:
                seen.add(after)
                front.append((after, action if first is None else first))
    return None


def _find(grid: Any, kind: str) -> tuple[int, int] | None:
    for row in range(grid.grid.height):
        for column in range(grid.grid.width):
            cell = grid.grid.get(column, row)
            if cell is not None and cell.type == kind:
                return column, row
    return None


def _free(grid: Any, column: int, row: int) -> bool:
    if not (0 <= column < grid.grid.width and 0 <= row < grid.grid.height):
        return False
    cell = grid.grid.get(column, row)
    return cell is None or bool(cell.can_overlap())
