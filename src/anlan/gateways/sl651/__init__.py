"""SL 651-2014 over TCP: gauges call in, each batch is durable before it is acknowledged."""
