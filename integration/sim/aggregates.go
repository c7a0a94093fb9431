package sim

import (
	"strconv"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/producer"
)

// mostPacked bounds the bytes of user records that are put together, well below
// what a Kinesis record may have.
const mostPacked = 800 << 10

// carry puts a user record into a Kinesis record: alone, or in an aggregate
// with others of the same key, or in place of it an aggregate of nothing or one
// that is damaged. It has dice of its own, so that what else a seed does stays
// as it was.
func (w *World) carry(key string, u user) (localkinesis.Record, []user) {
	d := throw(w.plan.Seed, "aggregate", strconv.Itoa(w.numbers))
	users := []user{u}
	switch at := d.IntN(100); {
	case at < 70:
		return localkinesis.Record{PartitionKey: key, Data: []byte(u.payload)}, users
	case at < 92:
		size := len(u.payload)
		for range d.IntN(12) {
			more := w.user(d, w.numbers, key)
			w.numbers++
			if size += len(more.payload); size > mostPacked {
				break
			}
			users = append(users, more)
		}
	case at < 96:
		users = nil
	default:
		data := packed(key, []user{{payload: "{}"}}) // no word that the transform knows
		return localkinesis.Record{PartitionKey: key, Data: data[:len(data)-1-d.IntN(10)]}, []user{{discarded: true}}
	}
	return localkinesis.Record{PartitionKey: key, Data: packed(key, users)}, users
}

func packed(key string, users []user) []byte {
	all := make([]producer.User, len(users))
	for i, u := range users {
		all[i] = producer.User{Key: key, Data: []byte(u.payload)}
	}
	return producer.Aggregate(all...)
}
