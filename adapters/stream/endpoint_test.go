package stream

import (
	"context"
	"errors"
	"net/url"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
)

// rules answers with the region, and counts.
type rules struct{ asked int }

func (r *rules) ResolveEndpoint(_ context.Context, p kinesis.EndpointParameters) (smithyendpoints.Endpoint, error) {
	r.asked++
	if p.Region == nil {
		return smithyendpoints.Endpoint{}, errors.New("no region")
	}
	return smithyendpoints.Endpoint{URI: url.URL{Host: *p.Region + aws.ToString(p.StreamARN)}}, nil
}

func TestAnEndpointIsFoundOncePerPlace(t *testing.T) {
	r := &rules{}
	e := &endpoints{EndpointResolverV2: r}
	for range 3 {
		for _, c := range []struct {
			params kinesis.EndpointParameters
			host   string
		}{
			{kinesis.EndpointParameters{Region: aws.String("a")}, "a"},
			{kinesis.EndpointParameters{Region: aws.String("a"), StreamARN: aws.String("-x")}, "a-x"},
			{kinesis.EndpointParameters{Region: aws.String("b")}, "b"},
		} {
			if got, err := e.ResolveEndpoint(t.Context(), c.params); err != nil || got.URI.Host != c.host {
				t.Errorf("%s: %v, %v", c.host, got.URI.Host, err)
			}
		}
	}
	if r.asked != 3 {
		t.Errorf("the rules were asked %d times, want 3", r.asked)
	}
	for range 2 {
		if _, err := e.ResolveEndpoint(t.Context(), kinesis.EndpointParameters{}); err == nil {
			t.Error("an error was not handed on")
		}
	}
	if r.asked != 5 {
		t.Errorf("an error was remembered: asked %d times", r.asked)
	}
}

// TestAPlaceIsAllThatTheRulesLookAt sets each parameter there is: one that an
// SDK adds later must make a difference, too.
func TestAPlaceIsAllThatTheRulesLookAt(t *testing.T) {
	seen := map[place]string{{}: "none"}
	fields := reflect.TypeFor[kinesis.EndpointParameters]()
	for i := range fields.NumField() {
		var params kinesis.EndpointParameters
		field := reflect.ValueOf(&params).Elem().Field(i)
		switch field.Interface().(type) {
		case *string:
			field.Set(reflect.ValueOf(aws.String("x")))
		case *bool:
			field.Set(reflect.ValueOf(aws.Bool(true)))
		default:
			t.Fatalf("%s is of a new type %s", fields.Field(i).Name, field.Type())
		}
		where := placeOf(&params)
		if other, ok := seen[where]; ok {
			t.Errorf("%s is not told from %s", fields.Field(i).Name, other)
		}
		seen[where] = fields.Field(i).Name
	}
}
