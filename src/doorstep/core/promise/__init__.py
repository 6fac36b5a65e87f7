"""what we can promise, by when, with what probability, and the capacity it takes"""

from doorstep.core.promise.load import Load
from doorstep.core.promise.params import PromiseParams
from doorstep.core.promise.quote import Ahead, NoPromise, Promise, promise, promise_ahead

__all__ = ["Ahead", "Load", "NoPromise", "Promise", "PromiseParams", "promise", "promise_ahead"]
