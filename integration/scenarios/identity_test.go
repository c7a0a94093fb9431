package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/signer"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// TestAStreamCreatedAnewInMidRunStopsTheConnector: its shards have the same
// names, and nothing of it is taken for the old one's, nor for a gap in it.
func TestAStreamCreatedAnewInMidRunStopsTheConnector(t *testing.T) {
	t.Parallel()
	for name, way := range ways() {
		t.Run(name, func(t *testing.T) {
			w, clock := newClockedWorld(t, 2)
			c := w.connect(way)
			w.putOn(0, 3)
			w.putOn(1, 3)
			c.untilCaughtUp(6)
			w.recreate(clock)
			clock.advance(10 * time.Second)
			w.putOn(0, 3)
			w.putOn(1, 3)
			c.until("stopped", func(s *messages.State) bool { return s.Health == messages.Halted && s.Stop == messages.StreamRecreated })
			clock.advance(time.Minute)
			w.putOn(0, 3)
			w.expect(onShard(0), 0, 1, 2)
			w.expect(onShard(1), 3, 4, 5)
			if gaps := events[*messages.GapDetected](c); len(gaps) > 0 {
				t.Errorf("a gap that is none: %+v", gaps[0])
			}
		})
	}
}

// session is a provider of credentials that end: each has its own access key.
type session struct {
	keys   *signer.Keys
	number atomic.Int64
}

func (s *session) id() string { return fmt.Sprint("ASIA", s.number.Load()) }

// Retrieve implements aws.CredentialsProvider.
func (s *session) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: s.id(), SecretAccessKey: "secret", SessionToken: "token"}, nil
}

// renew ends the session that is used, without a word to its user.
func (s *session) renew() {
	s.keys.Expire(s.id())
	s.number.Add(1)
	s.keys.Add(s.id())
}

// TestSessionsThatEndInMidRunCostNothing: each is replaced as soon as a service
// says that it has ended, and nothing is stopped, read twice or lost.
func TestSessionsThatEndInMidRunCostNothing(t *testing.T) {
	t.Parallel()
	for name, way := range ways() {
		t.Run(name, func(t *testing.T) {
			s := &session{keys: signer.NewKeys("ASIA0")}
			w := newWorld(t, 2, shortLived, func(o *localcloud.Options) { o.Owner = localcloud.Owner{Region: "eu-west-1", Keys: s.keys} })
			c := w.connect(way, func(p *plan) {
				p.Host.AWS = &aws.Config{Region: "eu-west-1", Credentials: aws.NewCredentialsCache(s)}
			})
			for range 6 {
				w.putOn(0, 3)
				w.putOn(1, 3)
				w.untilRows(w.put - 6)
				s.renew()
			}
			c.untilCaughtUp(36)
			for shard := range 2 {
				var want []int
				for round := range 6 {
					want = append(want, between(6*round+3*shard, 6*round+3*shard+3)...)
				}
				w.expect(onShard(shard), want...)
			}
			if parked := events[*messages.Parked](c); len(parked) > 0 {
				t.Errorf("stopped: %+v", parked[0])
			}
			if ended := events[*messages.LeaseDropped](c); len(ended) > 0 {
				t.Errorf("a lease was lost: %+v", ended[0])
			}
		})
	}
}

// TestAConsumerThatIsDeletedInMidRunIsMadeAgain, under another ARN, and its
// records come once.
func TestAConsumerThatIsDeletedInMidRunIsMadeAgain(t *testing.T) {
	w := newWorld(t, 2, shortLived)
	c := w.connect(fanOut)
	client := kinesis.New(kinesis.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(w.Kinesis.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})
	arn := aws.String(w.Kinesis.Streams()[0].ARN)
	var before []string
	for range 3 {
		w.putOn(0, 3)
		w.putOn(1, 3)
		w.untilRows(w.put)
		var one string
		w.wait("a consumer", func() bool { // the last rows may have come from the one before
			list, err := client.ListStreamConsumers(t.Context(), &kinesis.ListStreamConsumersInput{StreamARN: arn})
			if err != nil {
				t.Fatal(err)
			}
			if len(list.Consumers) == 1 && list.Consumers[0].ConsumerStatus == types.ConsumerStatusActive {
				one = aws.ToString(list.Consumers[0].ConsumerARN)
			}
			return one != ""
		})
		if slices.Contains(before, one) {
			t.Errorf("%s was deleted and is there", one)
		}
		before = append(before, one)
		if _, err := client.DeregisterStreamConsumer(t.Context(), &kinesis.DeregisterStreamConsumerInput{ConsumerARN: &one}); err != nil {
			t.Fatal(err)
		}
	}
	w.putOn(0, 3)
	c.untilCaughtUp(21)
	w.expect(onShard(0), 0, 1, 2, 6, 7, 8, 12, 13, 14, 18, 19, 20)
	w.expect(onShard(1), 3, 4, 5, 9, 10, 11, 15, 16, 17)
	if gaps := events[*messages.GapDetected](c); len(gaps) > 0 {
		t.Errorf("a gap that is none: %+v", gaps[0])
	}
}

// TestAnARNOfAnotherAccountIsNamedAndEndsTheProcess; that of another region is
// an error of the configuration.
func TestAnARNOfAnotherAccountIsNamedAndEndsTheProcess(t *testing.T) {
	const arn = "arn:aws:kinesis:us-east-1:999999999999:stream/orders"
	w := newWorld(t, 1)
	w.rewrite(`stream: "orders"`, `stream: "`+arn+`"`)
	r := w.run(process.Options{})
	r.ends(69)
	told := r.log.with("nothing is left to do: everything of this connector is stopped")
	if len(told) != 1 || told[0]["code"] != string(messages.TargetMissing) || !strings.Contains(fmt.Sprint(told[0]["err"]), arn) {
		t.Errorf("the last word was %v", told)
	}
}
