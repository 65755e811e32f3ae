package cli

import (
	"io"
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// Bar shows how far a task is, on a terminal and nowhere else. The zero Bar
// shows nothing.
type Bar struct {
	progress *mpb.Progress
	bar      *mpb.Bar
	shown    time.Time
}

// redraw is how often the bar is told of progress: telling it wakes another
// goroutine, which costs as much as a small training step.
const redraw = 100 * time.Millisecond

// NewBar starts a bar of total steps on w, if w is a terminal that can move its
// cursor and the user has not asked for plain output by NO_COLOR.
func NewBar(w io.Writer, label string, total int) *Bar {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" || os.Getenv("NO_COLOR") != "" {
		return new(Bar)
	}
	start := time.Now()
	p := mpb.New(mpb.WithOutput(w), mpb.WithWidth(48), mpb.WithRefreshRate(redraw))
	b := p.New(int64(total), mpb.BarStyle(), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(label+" ")),
		mpb.AppendDecorators(decor.CountersNoUnit("%d/%d "), decor.Any(func(s decor.Statistics) string {
			return remaining(time.Since(start), s.Current, s.Total)
		})))
	return &Bar{progress: p, bar: b}
}

// remaining estimates for how long a task goes on of which a part is done; the
// first steps, which are slower, tell nothing.
func remaining(elapsed time.Duration, done, total int64) string {
	const evidence = time.Second
	if done <= 0 || done >= total || elapsed < evidence {
		return ""
	}
	left := time.Duration(float64(elapsed) / float64(done) * float64(total-done))
	return left.Round(time.Second).String()
}

// Set says that n steps are done.
func (b *Bar) Set(n int) {
	if b.bar == nil || time.Since(b.shown) < redraw {
		return
	}
	b.shown = time.Now()
	b.bar.SetCurrent(int64(n))
}

// Close removes the bar, so that text can follow.
func (b *Bar) Close() {
	if b.bar == nil {
		return
	}
	b.bar.Abort(true)
	b.progress.Wait()
	b.bar = nil
}
