package sim

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// What the services say when they do not do what they were asked.

func answer(status int, contentType, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {contentType}, "Date": {""}}
	h.Del("Date")
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{
		Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)),
	}
}

func awsError(c *Call, status int, code, message string) *http.Response {
	contentType := "application/x-amz-json-1.1"
	if c.service == "dynamodb" {
		contentType, code = "application/x-amz-json-1.0", "com.amazonaws.dynamodb.v20120810#"+code
	}
	body, _ := json.Marshal(map[string]string{"__type": code, "message": message}) // two texts
	return answer(status, contentType, string(body), "X-Amzn-Requestid", "00000000-0000-4000-8000-000000000000")
}

func awsThrottles(codes ...string) func(dice, *Call) *http.Response {
	return func(d dice, c *Call) *http.Response {
		return awsError(c, http.StatusBadRequest, pick(d, codes...), "Rate exceeded for "+c.object)
	}
}

func aws5xx(d dice, c *Call) *http.Response {
	switch d.IntN(4) {
	case 0:
		return awsError(c, http.StatusInternalServerError, "InternalFailure", "")
	case 1:
		return awsError(c, http.StatusServiceUnavailable, "ServiceUnavailable", "try again")
	case 2:
		return answer(http.StatusBadGateway, "text/html", "<html>bad gateway</html>")
	}
	return answer(http.StatusGatewayTimeout, "text/plain", "")
}

func expiredIterator(_ dice, c *Call) *http.Response {
	return awsError(c, http.StatusBadRequest, "ExpiredIteratorException", "Iterator expired.")
}

func expiredCredentials(d dice, c *Call) *http.Response {
	return awsError(c, http.StatusBadRequest, pick(d, "ExpiredTokenException", "ExpiredToken"), "The security token included in the request is expired")
}

// emptyPage is an answer without records from which the same place is read on.
func emptyPage(d dice, c *Call) *http.Response {
	var q struct{ ShardIterator string }
	if json.Unmarshal(c.body, &q) != nil {
		return awsError(c, http.StatusInternalServerError, "InternalFailure", "")
	}
	body := `{"MillisBehindLatest":` + strconv.Itoa(1+d.IntN(5000)) + `,"NextShardIterator":"` + q.ShardIterator + `","Records":[]}`
	return answer(http.StatusOK, "application/x-amz-json-1.1", body)
}

func snowflakeError(status int, code string) func(dice, *Call) *http.Response {
	return func(d dice, _ *Call) *http.Response {
		switch d.IntN(3) {
		case 0:
			return answer(status, "application/json", `{"error_code":"`+code+`","message":"no"}`)
		case 1:
			return answer(status, "application/json", `{"status_code":"`+code+`","message":"no"}`)
		}
		return answer(status, "application/json", `{"code":"`+code+`","message":"no"}`)
	}
}

func snowflakeThrottles(d dice, _ *Call) *http.Response {
	if d.chance(500) {
		return answer(http.StatusTooManyRequests, "application/json", `{"status_code":7,"message":"too many requests"}`, "Retry-After", strconv.Itoa(1+d.IntN(3)))
	}
	return answer(http.StatusTooManyRequests, "text/plain", "slow down")
}

func snowflake5xx(d dice, _ *Call) *http.Response {
	switch d.IntN(4) {
	case 0:
		return answer(http.StatusInternalServerError, "application/json", `{"code":"ERR_INTERNAL","message":"no"}`)
	case 1:
		return answer(http.StatusServiceUnavailable, "application/json", `"ERR_SERVICE_UNAVAILABLE"`)
	case 2:
		return answer(http.StatusRequestTimeout, "text/plain", "")
	}
	return answer(http.StatusBadGateway, "text/html", "<html>bad gateway</html>")
}

func expiredToken(dice, *Call) *http.Response {
	return answer(http.StatusUnauthorized, "application/json", `{"code":"390318","message":"Access token is invalid or expired."}`)
}
