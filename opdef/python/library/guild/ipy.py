from guild_run.ipy import *  # noqa: F401,F403
