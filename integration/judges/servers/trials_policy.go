package servers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/migrate"
)

// guard refuses what the documented policy does not allow, for a server that
// knows no policies.
type guard struct {
	streams []string           // actions
	tables  localdynamo.Policy // actions by table
	mu      sync.Mutex
	used    map[string]bool
	refused []string
}

func newGuard(application, stream string) *guard {
	return &guard{
		streams: localkinesis.OpenflowPolicy(stream)["stream/"+stream], tables: localdynamo.OpenflowPolicy(application), used: map[string]bool{},
	}
}

// admit lets an action pass, or refuses it as IAM does.
func (g *guard) admit(r *between.Request, allowed []string, on string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if slices.Contains(allowed, r.Action) {
		g.used[r.Action] = true
		return
	}
	g.refused = append(g.refused, r.Action+" on "+on)
	r.Refuse = &between.Answer{Status: http.StatusBadRequest, Code: "AccessDeniedException", Text: "not authorized to perform: " + r.Action + " on " + on}
}

// guards puts a node under the policy.
func (g *guard) guards(s *stage, n *node) {
	n.kinesis.OnRequest(func(r *between.Request) {
		g.admit(r, g.streams, s.stream)
		if s.server.hangs {
			s.unhang(r)
		}
	})
	n.dynamo.OnRequest(func(r *between.Request) {
		var about struct{ TableName string }
		_ = json.Unmarshal(r.Body, &about) // no table: nothing is allowed
		g.admit(r, g.tables[about.TableName], about.TableName)
	})
}

// policed goes through a whole life: a KCL's table is migrated, one node begins,
// another joins, the stream is resharded, one leaves, all leave, and one goes on.
func policed(ctx context.Context, s *stage) (string, error) {
	if err := errors.Join(s.put(ctx, 80), s.legacy(ctx)); err != nil {
		return "", err
	}
	checkpoint := s.feed.sent[20]
	want := func() (behind []record) {
		for i, r := range s.feed.sent {
			if i > 20 || r.shard != checkpoint.shard {
				behind = append(behind, r)
			}
		}
		return behind
	}
	g := newGuard(s.application, s.stream)
	touch := func(n *node) { g.guards(s, n) }
	if err := s.migrated(ctx, g); err != nil {
		return "", err
	}
	if _, err := s.start(ctx, nil, touch); err != nil {
		return "", err
	}
	if _, err := s.shared(ctx, 1); err != nil {
		return "", err
	}
	if _, err := s.start(ctx, nil, touch); err != nil {
		return "", err
	}
	if _, err := s.shared(ctx, 2); err != nil {
		return "", err
	}
	if err := errors.Join(s.put(ctx, 40), s.feed.split(ctx, 0), s.put(ctx, 40), s.feed.merge(ctx, 1), s.put(ctx, 40), s.nodes[0].drain()); err != nil {
		return "", err
	}
	if _, err := s.came(ctx, want()); err != nil {
		return "", err
	}
	if err := errors.Join(s.nodes[1].drain(), s.put(ctx, 40)); err != nil {
		return "", err
	}
	if _, err := s.start(ctx, nil, touch); err != nil {
		return "", err
	}
	compared, err := s.came(ctx, want())
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil && len(g.refused) > 0 {
		err = fmt.Errorf("%d calls were beyond the policy: %s", len(g.refused), strings.Join(g.refused[:min(5, len(g.refused))], ", "))
	}
	return "nothing was asked for but " + strings.Join(slices.Sorted(maps.Keys(g.used)), ", ") + "; " + compared, err
}

// migrated lets kinesnow take the KCL's table over.
func (s *stage) migrated(ctx context.Context, g *guard) error {
	n := &node{}
	var err error
	if n.kinesis, n.dynamo, err = s.proxies(ctx); err != nil {
		return err
	}
	defer n.kinesis.Close()
	defer n.dynamo.Close()
	g.guards(s, n)
	cfg := s.base
	cfg.Application, cfg.Kinesis.Stream = s.application, s.stream
	cfg.AWS.Endpoints.Kinesis, cfg.AWS.Endpoints.DynamoDB = n.kinesis.URL(), n.dynamo.URL()
	m := migrate.New(s.stream, cfg, supervisor.Host{DataDir: s.dataDir()})
	m.Quiet = 10 * time.Millisecond
	report, err := m.Run(ctx, migrate.Answers{Drained: true})
	if err == nil && (!report.Migrated || len(report.Rows) != 2) {
		err = fmt.Errorf("migrated: %+v", report.MigrationReport)
	}
	return err
}

// legacy makes a KCL's table: it has read the first records of one shard, and
// none of the other.
func (s *stage) legacy(ctx context.Context) error {
	client := dynamodb.New(dynamodb.Options{
		Region: localcloud.Region, BaseEndpoint: aws.String(s.place.dynamo),
		Credentials: credentials.NewStaticCredentialsProvider(localcloud.AccessKeyID, localcloud.SecretAccessKey, ""),
	})
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &s.application, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("leaseKey"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("leaseKey"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		return err
	}
	if err := dynamodb.NewTableExistsWaiter(client).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &s.application}, patience); err != nil {
		return err
	}
	shards, err := s.feed.open(ctx)
	if err != nil {
		return err
	}
	for _, shard := range shards {
		checkpoint := "TRIM_HORIZON"
		if *shard.ShardId == s.feed.sent[20].shard {
			checkpoint = s.feed.sent[20].sequence
		}
		_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.application, Item: map[string]types.AttributeValue{
			"leaseKey": &types.AttributeValueMemberS{Value: *shard.ShardId}, "checkpoint": &types.AttributeValueMemberS{Value: checkpoint},
			"checkpointSubSequenceNumber": &types.AttributeValueMemberN{Value: "0"}, "leaseCounter": &types.AttributeValueMemberN{Value: "7"},
		}})
		if err != nil {
			return err
		}
	}
	return nil
}
