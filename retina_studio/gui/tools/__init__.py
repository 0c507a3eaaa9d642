"""The tools, by name, in the order of the tool bar."""

from collections.abc import Mapping

from .base import Tool
from .ellipse import EllipseTool
from .point import PointTool
from .polygon import PolygonTool
from .select import SelectTool

TOOLS: Mapping[str, type[Tool]] = {
    tool.name: tool for tool in (SelectTool, EllipseTool, PolygonTool, PointTool)
}
