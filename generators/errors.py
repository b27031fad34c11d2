"""What can go wrong when a government is generated: one error, whose message says what is wrong and what to do."""


class GeneratorError(Exception):
    """A request that cannot be fulfilled: unknown scenario, range or scale outside the limits, unwritable folder."""
