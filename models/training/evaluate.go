package training

import (
	"context"

	"github.com/pkg/errors"

	"optlab/dataset"
	"optlab/internal/vec"
	"optlab/models"
	"optlab/random"
)

// Evaluation is how a model does on a set, without dropout.
type Evaluation struct {
	Loss      float64 // mean cross-entropy over the samples
	Accuracy  float64 // fraction of samples whose largest logit is their class's
	Confusion [][]int // [true class][predicted class], numbers of samples

	// Mistakes are the most confident ones, at most 25, as [Trainer.Test] finds
	// them: the most probable first, equals in the order of the samples. Other
	// evaluations have none, nor have results that were read from a file.
	Mistakes []Mistake
}

// Evaluator runs a model in evaluation mode. It compiles the model once for
// each batch size it meets.
type Evaluator struct {
	passes   passes
	between  func(batch int) error // called after every batch; nil: nothing to do
	mistakes int                   // how many are to be kept
}

// NewEvaluator returns an evaluator of m's parameters, as they are at the time
// of each call, with at most so many threads, 0 for as many as there are.
func NewEvaluator(m *models.Model, threads int) *Evaluator {
	return &Evaluator{passes: passes{model: m, config: models.PassConfig{Threads: threads}}}
}

// Evaluate makes one pass over the loader, which draws its order, if it
// shuffles, from stream. It stops with the context's error when ctx is done.
func (e *Evaluator) Evaluate(ctx context.Context, loader *dataset.Loader, stream *random.Stream) (Evaluation, error) {
	classes := e.passes.model.Config().Classes()
	result := Evaluation{Confusion: make([][]int, classes)}
	for i := range result.Confusion {
		result.Confusion[i] = make([]int, classes)
	}
	samples, correct, loss := 0, 0, 0.0
	mistakes := make(worst, 0, e.mistakes)
	loader.Start(stream)
	for batch := 1; loader.NextSize() > 0; batch++ {
		n := loader.NextSize()
		if err := ctx.Err(); err != nil {
			return Evaluation{}, errors.Wrap(err, "evaluating")
		}
		pass, err := e.passes.next(loader)
		if err != nil {
			return Evaluation{}, errors.WithMessage(err, "evaluating")
		}
		if err := pass.Run(); err != nil {
			return Evaluation{}, errors.WithMessage(err, "evaluating")
		}
		correct += score(pass, result.Confusion)
		if e.mistakes > 0 {
			mistakes.add(pass, samples)
		}
		loss += float64(pass.Loss()) * float64(n)
		samples += n
		if e.between != nil {
			if err := e.between(batch); err != nil {
				return Evaluation{}, errors.Wrap(err, "evaluating")
			}
		}
	}
	result.Loss = loss / float64(samples)
	result.Accuracy = float64(correct) / float64(samples)
	if len(mistakes) > 0 {
		result.Mistakes = mistakes
	}
	return result, nil
}

// Test evaluates the model, as it is after Run, on the test data, and keeps its
// most confident mistakes. It is what a new evaluator computes, in memory that
// the run has taken already.
func (t *Trainer) Test(ctx context.Context) (Evaluation, error) {
	if t.evaluator == nil {
		t.evaluator = NewEvaluator(t.Model, t.Threads)
	}
	t.evaluator.between, t.evaluator.mistakes = nil, mostMistakes
	defer func() { t.evaluator.mistakes = 0 }()
	return t.evaluator.Evaluate(ctx, t.Data.Test, nil)
}

// score returns how many samples of the last run were classified correctly and,
// if confusion is not nil, counts every prediction there.
func score(pass *models.Pass, confusion [][]int) (correct int) {
	logits := pass.Logits()
	classes := len(logits) / len(pass.Labels)
	for i, label := range pass.Labels {
		predicted := vec.ArgMax(logits[i*classes : (i+1)*classes])
		if predicted == label {
			correct++
		}
		if confusion != nil {
			confusion[label][predicted]++
		}
	}
	return correct
}

// passes keeps the compiled passes of a model, one for each batch size.
type passes struct {
	model  *models.Model
	config models.PassConfig // but for the batch size
	bySize map[int]*models.Pass
}

// next gathers the loader's next batch into the pass of its size.
func (p *passes) next(loader *dataset.Loader) (*models.Pass, error) {
	size := loader.NextSize()
	pass, ok := p.bySize[size]
	if !ok {
		config := p.config
		config.Batch = size
		for _, config.Share = range p.bySize {
			break // any: they share with each other
		}
		var err error
		if pass, err = p.model.Compile(config); err != nil {
			return nil, err
		}
		if p.bySize == nil {
			p.bySize = make(map[int]*models.Pass)
		}
		p.bySize[size] = pass
	}
	return pass, loader.Next(pass.X, pass.Labels)
}
