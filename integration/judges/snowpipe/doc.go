// Package snowpipe holds localsnowflake against Snowflake's own streaming
// SDKs, unmodified: snowpipe-streaming of PyPI and of Maven Central. Both wrap
// a closed core in native code, which nobody here has read.
//
//	trial.go      one SDK process, one account, one table: a case runs in it
//	driver.py     does what it is told with the Python SDK
//	Driver.java   the same with the Java SDK
//	case_*.go     what they are told, and what must come of it
//	recording.go  the Python SDK and gosnowflake on a real file, as text
//
// A case sees both ends: the SDK by what the driver answers, the service by
// the store's rows and by every request that arrived (exchanges.go). Rows are
// numbered, so that "each once and in order" is one comparison. What a client
// must survive is played by the server's fault hooks.
//
// The Python SDK takes nothing but TLS. It is told to trust the server's
// throw-away authority by SSL_CERT_FILE, as OpenSSL programs are. The Java SDK
// (1.1.2) has roots of its own and no way to add one, but takes http.
package snowpipe
