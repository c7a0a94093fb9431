package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// rawWire is F1's: requests written by hand to two sockets, the rows with
// writev(2). It understands only what the servers here answer.
type rawWire struct {
	kinesis, snowflake net.Conn
	head               []byte // of the request
	spare              [8 << 10]byte
}

func dialRaw(at endpoints) (wire, error) {
	kinesis, err1 := dial(at.Kinesis)
	snowflake, err2 := dial(at.Snowflake)
	return &rawWire{kinesis: kinesis, snowflake: snowflake}, errors.Join(err1, err2)
}

func dial(url string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(context.Background(), "tcp", strings.TrimPrefix(url, "http://"))
}

func (w *rawWire) records(request, body []byte) ([]byte, error) {
	w.head = append(w.head[:0], "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: "+getRecordsTarget+"\r\nContent-Type: "+amzJSON+"\r\nContent-Length: "...)
	w.head = append(strconv.AppendInt(w.head, int64(len(request)), 10), "\r\n\r\n"...)
	if _, err := w.kinesis.Write(append(w.head, request...)); err != nil {
		return nil, err
	}
	return w.answer(w.kinesis, body)
}

func (w *rawWire) rows(channel, token string, batch []byte) (string, error) {
	w.head = append(append(w.head[:0], "POST "+pipePath...), channel...)
	w.head = append(append(w.head, "/rows?continuationToken="...), url.QueryEscape(token)...)
	w.head = append(w.head, " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: "...)
	w.head = append(strconv.AppendInt(w.head, int64(len(batch)), 10), "\r\n\r\n"...)
	pieces := net.Buffers{w.head, batch}
	if _, err := pieces.WriteTo(w.snowflake); err != nil {
		return "", err
	}
	answer, err := w.answer(w.snowflake, nil)
	if err != nil {
		return "", err
	}
	return nextToken(answer)
}

// answer reads a header, then the body that it announces, in buffer where it
// fits.
func (w *rawWire) answer(from net.Conn, buffer []byte) ([]byte, error) {
	n, end := 0, -1
	for end < 0 {
		more, err := from.Read(w.spare[n:])
		if err != nil {
			return nil, err
		}
		n += more
		end = bytes.Index(w.spare[:n], []byte("\r\n\r\n"))
	}
	head, rest := w.spare[:end+2], w.spare[end+4:n]
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 200")) {
		return nil, fmt.Errorf("answer %q: %s", head, rest)
	}
	_, after, _ := bytes.Cut(head, []byte("Content-Length: "))
	digits, _, _ := bytes.Cut(after, []byte("\r\n"))
	length, err := strconv.Atoi(string(digits))
	if err != nil {
		return nil, err
	}
	if cap(buffer) < length {
		buffer = make([]byte, length)
	}
	buffer = buffer[:length]
	_, err = io.ReadFull(from, buffer[copy(buffer, rest):])
	return buffer, err
}
