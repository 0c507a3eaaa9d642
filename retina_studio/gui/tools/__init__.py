"""The tools, by name, in the order of the tool bar."""

from collections.abc import Mapping

from .base import Tool
from .brush import BrushTool, EraserTool
from .ellipse import EllipseTool
from .knife import KnifeTool
from .point import PointTool
from .polygon import PolygonTool
from .ruler import RulerTool
from .select import SelectTool
from .wand import WandTool

TOOLS: Mapping[str, type[Tool]] = {
    tool.name: tool
    for tool in (
        SelectTool,
        EllipseTool,
        PolygonTool,
        PointTool,
        BrushTool,
        EraserTool,
        KnifeTool,
        WandTool,
        RulerTool,
    )
}
