package doctor

import (
	"context"
	"fmt"
	"time"
)

// How far a clock may be off. AWS refuses signatures that are 5 minutes off (IAM
// User Guide, "Signature Version 4"); of Snowflake's tokens no figure is
// published, and a minute is what drivers give them to live.
const (
	clockNotice    = 20 * time.Second
	clockSnowflake = time.Minute
	clockAWS       = 5 * time.Minute
)

// checkClock compares this machine's clock with the Date of both sides' answers.
// Signatures carry the time, and one that is off is refused like a wrong key: so
// it is looked at before any refusal is believed.
func (d *Doctor) checkClock(ctx context.Context, fs *findings) {
	d.services(ctx) // whatever they answer has a date
	aws, toldAWS := d.watch.skew()
	there, err := d.reached.of(ctx)
	toldSnowflake := err == nil && there.dated
	var text string
	switch {
	case toldAWS && toldSnowflake && beside(aws) == beside(there.off):
		text = beside(aws) + " AWS's and Snowflake's"
	case toldAWS && toldSnowflake:
		text = fmt.Sprintf("%s AWS's, %s Snowflake's", beside(aws), beside(there.off))
	case toldAWS:
		text = beside(aws) + " AWS's"
	case toldSnowflake:
		text = beside(there.off) + " Snowflake's"
	default:
		fs.add(Untested, "neither AWS nor Snowflake told the time")
		return
	}
	text = "this machine's clock is " + text
	switch {
	case aws.Abs() > clockAWS || there.off.Abs() > clockSnowflake:
		fs.add(Missing, "%s: signatures of the wrong time are refused like wrong keys", text).
			todo("set the clock (timedatectl, chronyc makestep), then run this again").code(exitRefused)
	case aws.Abs() > clockNotice || there.off.Abs() > clockNotice:
		fs.add(Warn, "%s", text).todo("keep it in step with NTP: at one minute Snowflake refuses keys, at five AWS does")
	default:
		fs.add(OK, "%s", text)
	}
}

// beside says where our clock is against another one, no more exactly than it can
// be told.
func beside(off time.Duration) string {
	step := time.Second
	if off.Abs() > 2*time.Minute {
		step = 10 * time.Second
	}
	switch off = off.Round(step); {
	case off > 0:
		return off.String() + " ahead of"
	case off < 0:
		return (-off).String() + " behind"
	}
	return "in step with"
}

// clockOff reports that refusals may be the clock's doing.
func (d *Doctor) clockOff(ctx context.Context) bool {
	there, err := d.reached.of(ctx)
	return err == nil && there.off.Abs() > clockSnowflake
}
