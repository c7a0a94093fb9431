package localkinesis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

func TestTagsOfAStreamAreAddedReplacedListedAndRemoved(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	server := start(t, localkinesis.Options{Dir: dir})
	client := connect(t, server)
	name := aws.String("quakes")
	must(client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: name, ShardCount: aws.Int32(1), Tags: map[string]string{"team": "a"}}))(t)
	must(client.AddTagsToStream(ctx, &kinesis.AddTagsToStreamInput{StreamName: name, Tags: map[string]string{"team": "b", "env": "", "zone": "1"}}))(t)
	list := func(client *kinesis.Client, in kinesis.ListTagsForStreamInput) string {
		in.StreamName = name
		out := must(client.ListTagsForStream(ctx, &in))(t)
		said := ""
		for _, tag := range out.Tags {
			said += *tag.Key + "=" + *tag.Value + " "
		}
		return said + fmt.Sprint(*out.HasMoreTags)
	}
	if got := list(client, kinesis.ListTagsForStreamInput{Limit: aws.Int32(2)}); got != "env= team=b true" {
		t.Errorf("first page %s", got)
	}
	if got := list(client, kinesis.ListTagsForStreamInput{ExclusiveStartTagKey: aws.String("team")}); got != "zone=1 false" {
		t.Errorf("second page %s", got)
	}
	must(client.RemoveTagsFromStream(ctx, &kinesis.RemoveTagsFromStreamInput{StreamName: name, TagKeys: []string{"env", "none"}}))(t)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if got := list(connect(t, start(t, localkinesis.Options{Dir: dir})), kinesis.ListTagsForStreamInput{}); got != "team=b zone=1 false" {
		t.Errorf("after a restart %s", got)
	}
}

func TestStreamsAndConsumersAreTaggedByARN(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	for _, arn := range []string{streamARN, register(t, server, name, "app")} {
		must(client.TagResource(ctx, &kinesis.TagResourceInput{ResourceARN: &arn, Tags: map[string]string{"a": "1", "b": "2"}}))(t)
		must(client.UntagResource(ctx, &kinesis.UntagResourceInput{ResourceARN: &arn, TagKeys: []string{"a"}}))(t)
		tags := must(client.ListTagsForResource(ctx, &kinesis.ListTagsForResourceInput{ResourceARN: &arn}))(t).Tags
		if len(tags) != 1 || *tags[0].Key != "b" || *tags[0].Value != "2" {
			t.Errorf("%s has %v", arn, tags)
		}
	}
}

func TestBadTagsAreRefused(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, name := connect(t, server), streamOf(t, server, 1)
	many := map[string]string{}
	for i := range 50 {
		many[fmt.Sprint(i)] = ""
	}
	must(client.AddTagsToStream(ctx, &kinesis.AddTagsToStreamInput{StreamName: &name, Tags: many}))(t)
	for what, c := range map[string]struct {
		tags map[string]string
		code string
	}{
		"the fifty-first": {map[string]string{"more": ""}, "InvalidArgumentException"},
		"a reserved key":  {map[string]string{"aws:x": ""}, "InvalidArgumentException"},
		"a bad letter":    {map[string]string{"x?": ""}, "InvalidArgumentException"},
		"an empty key":    {map[string]string{"": "x"}, "ValidationException"},
		"none":            {map[string]string{}, "ValidationException"},
	} {
		_, err := client.AddTagsToStream(ctx, &kinesis.AddTagsToStreamInput{StreamName: &name, Tags: c.tags})
		t.Run(what, func(t *testing.T) { wantCode(t, err, c.code) })
	}
	_, err := client.TagResource(ctx, &kinesis.TagResourceInput{ResourceARN: aws.String("arn:aws:kinesis:eu-west-1:000000000000:stream/quakes"), Tags: map[string]string{"a": ""}})
	wantCode(t, err, "ResourceNotFoundException")
	for _, c := range [][3]string{
		{"AddTagsToStream", `"Tags":[]`, "SerializationException"},
		{"AddTagsToStream", `"Tags":{"a":1}`, "SerializationException"},
		{"AddTagsToStream", `"Tags":{"a":{}}`, "SerializationException"},
		{"RemoveTagsFromStream", `"TagKeys":{}`, "SerializationException"},
		{"RemoveTagsFromStream", `"TagKeys":[5]`, "SerializationException"},
		{"RemoveTagsFromStream", `"TagKeys":[null]`, "SerializationException"},
		{"RemoveTagsFromStream", `"TagKeys":[""]`, "ValidationException"},
		{"RemoveTagsFromStream", `"TagKeys":[]`, "ValidationException"},
	} {
		if got := text(t, post(t, server.URL(), c[0], `{"StreamName":"quakes",`+c[1]+`}`, nil)); !strings.HasPrefix(got, `{"__type":"`+c[2]+`"`) {
			t.Errorf("%s of %s: %s, want %s", c[0], c[1], got, c[2])
		}
	}
}
