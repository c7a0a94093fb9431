package sql

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
)

var digestFunctions = map[string]function{
	"MD5":           simple(1, 1, textType, md5Hex, textType),
	"MD5_HEX":       simple(1, 1, textType, md5Hex, textType),
	"SHA1":          simple(1, 1, textType, sha1Hex, textType),
	"SHA2":          simple(1, 2, textType, sha2Hex, textType, integerType),
	"SHA2_HEX":      simple(1, 2, textType, sha2Hex, textType, integerType),
	"BASE64_ENCODE": simple(1, 1, textType, encode64, textType),
	"HEX_ENCODE":    simple(1, 1, textType, encodeHex, textType),
}

func md5Hex(v []Value) (Value, error) {
	sum := md5.Sum([]byte(v[0].(string)))
	return hex.EncodeToString(sum[:]), nil
}

func sha1Hex(v []Value) (Value, error) {
	sum := sha1.Sum([]byte(v[0].(string)))
	return hex.EncodeToString(sum[:]), nil
}

func sha2Hex(v []Value) (Value, error) {
	size := int64(256)
	if len(v) == 2 {
		size, _ = asInt(v[1])
	}
	text := []byte(v[0].(string))
	switch size {
	case 224:
		sum := sha256.Sum224(text)
		return hex.EncodeToString(sum[:]), nil
	case 256, 0:
		sum := sha256.Sum256(text)
		return hex.EncodeToString(sum[:]), nil
	case 384:
		sum := sha512.Sum384(text)
		return hex.EncodeToString(sum[:]), nil
	case 512:
		sum := sha512.Sum512(text)
		return hex.EncodeToString(sum[:]), nil
	}
	return nil, runtimeError(100303, "22000", "Invalid digest size %d for SHA2: 224, 256, 384 or 512", size)
}

func encode64(v []Value) (Value, error) {
	return base64.StdEncoding.EncodeToString([]byte(v[0].(string))), nil
}

func encodeHex(v []Value) (Value, error) {
	return upper(hex.EncodeToString([]byte(v[0].(string)))), nil
}
