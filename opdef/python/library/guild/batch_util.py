from guild_run.batch_util import *  # noqa: F401,F403
from guild_run import batch_util as _batch_util

CurrentRunNotBatchError = _batch_util.CurrentRunNotBatchError
