from guild_run.summary import *  # noqa: F401,F403
