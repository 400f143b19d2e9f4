"""How instruments and laboratories write that something is below what they can find, and what to do with it."""

BELOW_DETECTION = r"(?i)^([<＜]\s*\d.*|[\d.]+\s*L|ND|BDL|未检出|低于检出限.*)$"
NOT_NOUGHT = "低于检出限不能当作零，也不能猜；请按监测规范填报数值（如检出限的一半）或留空"
