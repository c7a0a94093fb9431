package stream

// FrameOf and Text make event stream frames for tests outside of the package.
var (
	FrameOf = frameOf
	Text    = text
)
