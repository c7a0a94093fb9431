package localkinesis

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

// A frame of application/vnd.amazon.eventstream, all numbers big-endian
// (specs/kinesis-consumption.md 4.2):
//
//	total bytes u32 | header bytes u32 | CRC-32 of these 8 bytes u32
//	headers: name length u8 | name | 7 (a string) | value length u16 | value
//	payload
//	CRC-32 of everything before it u32
const (
	eventStreamType = "application/vnd.amazon.eventstream"

	framePrelude  = 12 // bytes
	frameOverhead = framePrelude + 4
	stringHeader  = 7
)

// frameHeaders encodes pairs of name and value.
func frameHeaders(pairs ...string) []byte {
	var b []byte
	for i := 0; i < len(pairs); i += 2 {
		name, value := pairs[i], pairs[i+1]
		b = append(append(b, byte(len(name))), name...)
		b = binary.BigEndian.AppendUint16(append(b, stringHeader), uint16(len(value)))
		b = append(b, value...)
	}
	return b
}

// writeFrame writes one frame. The payload's parts are written from where they
// lie. scratch is reused and returned.
func writeFrame(w io.Writer, headers []byte, payload answer, scratch []byte) ([]byte, error) {
	be := binary.BigEndian
	b := be.AppendUint32(scratch[:0], uint32(frameOverhead+len(headers)+payload.length()))
	b = be.AppendUint32(b, uint32(len(headers)))
	b = be.AppendUint32(b, crc32.ChecksumIEEE(b))
	b = append(append(b, headers...), payload.head...)
	sum := crc32.ChecksumIEEE(b)
	if len(payload.parts) > 0 {
		if _, err := w.Write(b); err != nil {
			return b, err
		}
		b = b[:0]
		for _, part := range payload.parts {
			sum = crc32.Update(sum, crc32.IEEETable, part)
			if _, err := w.Write(part); err != nil {
				return b, err
			}
		}
	}
	b = append(b, payload.tail...)
	b = be.AppendUint32(b, crc32.Update(sum, crc32.IEEETable, payload.tail))
	_, err := w.Write(b)
	return b, err
}
