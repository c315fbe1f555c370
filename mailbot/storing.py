"""The configured store, with the operator's errors in plain words."""

from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from mailbot.config import Config
from mailbot.errors import ConfigError
from mailbot.storage_troubles import explained
from store.opening import NewerDatabaseError
from store.opening import open_store as opened
from store.unit_of_work import Store


def open_store(config: Config) -> Store:
    """The store at its newest revision.

    Raises:
        ConfigError: It cannot be opened, or a newer program wrote it.
    """
    try:
        return opened(config.store.url, config.folder)
    except NewerDatabaseError as error:
        problem = f"数据库由更新版本的程序写成（{error}）"
        raise ConfigError("store.url", problem, "请升级程序，或换一个数据库") from None
    except (ArgumentError, NoSuchModuleError):
        remedy = "请写成 sqlite:///data/mailbot.db 的形式"
        raise ConfigError("store.url", "写法有误", remedy) from None
    except ModuleNotFoundError as error:
        problem = f"没有安装连接这种数据库的程序（{error.name}）"
        remedy = "请在程序文件夹执行 .venv/bin/pip install '.[postgresql]'，或改用 sqlite:///data/mailbot.db"
        raise ConfigError("store.url", problem, remedy) from None
    except (DatabaseError, OSError) as error:
        if told := explained(error, config):
            raise told from None
        problem = f"打不开数据库（{str(error).splitlines()[0][:80]}）"
        raise ConfigError(
            "store.url", problem, "请检查文件夹是否存在、可写，磁盘是否已满"
        ) from None
