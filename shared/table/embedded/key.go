package embedded

import (
	"bytes"
	"encoding/binary"
	"time"

	"postkontor/shared/table"
)

// A key in a table's bucket is the length of the partition key (two bytes), the partition key and the sort key, so
// that a partition lies together, in the order of its sort keys. A key in an index's bucket is built alike of the
// index's partition and sort, ended, and the item's key in the table; its value is that key alone.
//
// A value in a table's bucket is version and expiry (eight bytes each; 0: never), then the JSON object.

// header is how many bytes stand before the data.
const header = 16

func partitionKey(pk string) []byte {
	b := make([]byte, 2, 2+len(pk)+64)
	binary.BigEndian.PutUint16(b, uint16(len(pk)))
	return append(b, pk...)
}

func itemKey(k table.Key) []byte { return append(partitionKey(k.PK), k.SK...) }

func splitKey(b []byte) table.Key {
	end := 2 + int(binary.BigEndian.Uint16(b))
	return table.Key{PK: string(b[2:end]), SK: string(b[end:])}
}

// An index's sort is ended by 00 01, and a 00 within it is written 00 FF, so that the order stays that of the bytes.
const (
	sortEnd   = "\x00\x01"
	afterSort = "\x00\x02" // behind every entry of that sort, before every longer one
)

func escape(sort string) []byte { return bytes.ReplaceAll([]byte(sort), []byte{0}, []byte{0, 0xff}) }

func indexKey(partition, sort string, item []byte) []byte {
	b := append(partitionKey(partition), escape(sort)...)
	return append(append(b, sortEnd...), item...)
}

// successor is the first key behind all that begin with prefix. Keys begin with a length under ff ff, so there is one.
func successor(prefix []byte) []byte {
	b := bytes.Clone(prefix)
	for i := len(b) - 1; ; i-- {
		if b[i]++; b[i] != 0 {
			return b[:i+1]
		}
	}
}

// span is the range of keys [from, to) that a query is about.
type span struct{ from, to []byte }

func spanOf(q table.Query, index table.Index) (span, error) {
	part := partitionKey(q.Partition)
	sorted, after := func(s string) []byte { return append(bytes.Clone(part), s...) }, "\x00"
	if q.Index != "" {
		sorted, after = func(s string) []byte { return append(bytes.Clone(part), escape(s)...) }, afterSort
	}
	r := span{from: part, to: successor(part)}
	switch {
	case q.Prefix != "":
		r = span{from: sorted(q.Prefix), to: successor(sorted(q.Prefix))}
	default:
		r.from = sorted(q.From)
		if q.To != "" {
			r.to = append(sorted(q.To), after...)
		}
	}
	at, ok, err := q.Position(index)
	if err != nil || !ok {
		return r, err
	}
	last := itemKey(at.Key)
	if q.Index != "" {
		last = indexKey(q.Partition, at.Sort, last)
	}
	if q.Descending {
		r.to = last
	} else {
		r.from = append(last, 0)
	}
	return r, nil
}

func encode(item table.Item) []byte {
	b := make([]byte, header, header+len(item.Data))
	binary.BigEndian.PutUint64(b, uint64(item.Version))
	if !item.Expires.IsZero() {
		binary.BigEndian.PutUint64(b[8:], uint64(item.Expires.Unix()))
	}
	return append(b, item.Data...)
}

// decode copies key and value out of the file's memory.
func decode(k, v []byte) table.Item {
	return table.Item{Key: splitKey(k), Version: int64(binary.BigEndian.Uint64(v)), Expires: expiry(v), Data: bytes.Clone(v[header:])}
}

func expiry(v []byte) time.Time {
	if exp := int64(binary.BigEndian.Uint64(v[8:])); exp != 0 {
		return time.Unix(exp, 0).UTC()
	}
	return time.Time{}
}
