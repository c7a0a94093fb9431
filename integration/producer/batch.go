package producer

// Record is a Kinesis record to be put.
type Record struct {
	Key  string // partition key
	Hash string // explicit hash key in decimal; "" = the partition key's own
	Data []byte
}

// Place is where a user record is in a call.
type Place struct{ Record, Sub int }

// Batch is what one PutRecords call carries: user records as they are, or in
// aggregates. As in the KPL, records share an aggregate when they go to the same
// shard; here that is when their partition keys are of the same bucket.
type Batch struct {
	Buckets Buckets

	packs   []pack
	filling map[int]int // the newest aggregate of each bucket
	places  []Place     // by user record
}

// pack is a Kinesis record; users are those of an aggregate, and nil else.
type pack struct {
	Record
	users []User
	bytes int
}

// packedAtMost bounds the bytes of one aggregate's data.
const packedAtMost = 900 << 10

// Add adds a user record: alone where most is 0, else to an aggregate of so many
// at most. Records of one bucket keep their order if in one batch all of them
// are added with 0, or none is.
func (b *Batch) Add(u User, most int) {
	if most <= 0 {
		b.places = append(b.places, Place{Record: len(b.packs)})
		b.packs = append(b.packs, pack{Record: Record(u)})
		return
	}
	bucket := b.Buckets.Of(u.Key)
	at, ok := b.filling[bucket]
	if !ok || len(b.packs[at].users) >= most || b.packs[at].bytes+len(u.Data) > packedAtMost {
		at = len(b.packs)
		b.packs = append(b.packs, pack{Record: Record{Key: SharedKey, Hash: b.Buckets.Hash(bucket)}})
		if b.filling == nil {
			b.filling = map[int]int{}
		}
		b.filling[bucket] = at
	}
	p := &b.packs[at]
	b.places = append(b.places, Place{at, len(p.users)})
	p.users, p.bytes = append(p.users, u), p.bytes+len(u.Data)
}

// Empty adds an aggregate of no user records, which no user record's place is
// in.
func (b *Batch) Empty(bucket int) {
	b.packs = append(b.packs, pack{Record: Record{Key: SharedKey, Hash: b.Buckets.Hash(bucket), Data: Aggregate()}})
}

// Len is how many user records were added.
func (b *Batch) Len() int { return len(b.places) }

// Place is where the n-th user record is.
func (b *Batch) Place(n int) Place { return b.places[n] }

// Records are what the call carries, and how many of them are aggregates of
// user records.
func (b *Batch) Records() (all []Record, aggregates int) {
	all = make([]Record, len(b.packs))
	for i, p := range b.packs {
		all[i] = p.Record
		if p.users != nil {
			all[i].Data = Aggregate(p.users...)
			aggregates++
		}
	}
	return all, aggregates
}
