"""SL 651-2014 水文监测数据通信规约: codec, framer, packets, sessions and a batch decoder. Sans-I/O: no sockets, no clock.

The order of use at a centre: ``Session.feed`` → events → ``decode_batch`` for the many, ``decode_message`` for
the rest → store → ``Session.reply_for``. Errors stand in one tree, see ``errors``.
"""
