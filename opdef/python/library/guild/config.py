from guild_run.config import *  # noqa: F401,F403
