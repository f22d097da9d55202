"""What is drawn in a panel, by the labels of its artists."""


def lines_of(ax):
    [lines] = [c for c in ax.collections if c.get_label() == "lines"]
    return lines


def references_of(ax):
    return {line.get_label(): line for line in ax.lines}
