package sql

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

var digestFunctions = map[string]function{
	"MD5":           simple(1, 1, textType, md5Hex, textType),
	"MD5_HEX":       simple(1, 1, textType, md5Hex, textType),
	"SHA1":          simple(1, 1, textType, sha1Hex, textType),
	"SHA2":          simple(1, 2, textType, sha2Hex, textType, integerType),
	"SHA2_HEX":      simple(1, 2, textType, sha2Hex, textType, integerType),
	"BASE64_ENCODE": encoder(1, encode64),
	"HEX_ENCODE":    encoder(2, encodeHex, integerType),
}

// encoder is a function of the bytes of a text or of a BINARY, which is no text of
// hexadecimal digits to it (SQL reference, HEX_ENCODE and BASE64_ENCODE: "input: a
// string or binary expression"). types are those of further arguments.
func encoder(max int, apply func([]Value) (Value, error), types ...catalog.Type) function {
	return function{1, max, func(s *scope, args []compiled) (compiled, error) {
		if args[0].typ.Name != catalog.Binary {
			return simple(1, max, textType, apply, append([]catalog.Type{textType}, types...)...).build(s, args)
		}
		rest, err := s.convertAll(args[1:], append(types, textType)...)
		if err != nil {
			return compiled{}, err
		}
		return strict(textType, func(v []Value) (Value, error) {
			return apply(append([]Value{string(v[0].(Bytes))}, v[1:]...))
		}, append([]compiled{args[0]}, rest...)...), nil
	}}
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

// encodeHex writes capital letters, unless its second argument is 0.
func encodeHex(v []Value) (Value, error) {
	digits := hex.EncodeToString([]byte(v[0].(string)))
	if len(v) == 2 {
		if capitals, ok := asInt(v[1]); ok && capitals == 0 {
			return digits, nil
		}
	}
	return upper(digits), nil
}
