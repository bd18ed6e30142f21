package dynamo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"postkontor/shared/table"
)

const (
	timeout   = 2 * time.Second       // of one call
	tries     = 6                     // of a call, the first included
	firstWait = 25 * time.Millisecond // before the second try at most; doubled before each further one
	patience  = 7 * time.Second       // after which no further try begins: four that time out
)

// passing are the error codes, of a call or of one operation of a transaction, that another try may not meet.
var passing = []string{
	"ProvisionedThroughputExceededException", "ProvisionedThroughputExceeded", "ThrottlingException", "ThrottlingError",
	"RequestLimitExceeded", "LimitExceededException", "TransactionConflictException", "TransactionConflict",
	"TransactionInProgressException", "ReplicatedWriteConflictException", "InternalServerError", "ServiceUnavailable",
}

// call makes a call until it is answered. An error that is not an answer becomes table.ErrUnavailable after all tries.
func (d *Database) call(ctx context.Context, f func(context.Context) error) error {
	begun := time.Now()
	for try := 1; ; try++ {
		table.Called(ctx)
		err := within(ctx, f)
		if err == nil || !passes(err) {
			return err
		}
		if try == tries || time.Since(begun) > patience || !pause(ctx, try) {
			return fmt.Errorf("%w: %w", table.ErrUnavailable, err)
		}
	}
}

func within(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return f(ctx)
}

// pause waits before the next try, a random part of the longest wait; false when the context ends first.
func pause(ctx context.Context, try int) bool {
	timer := time.NewTimer(rand.N(firstWait << (try - 1)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// passes reports whether another try may succeed. What never left this process (a missing parameter, no credentials)
// and what the service refused for good does not.
func passes(err error) bool {
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		// The first reason decides: a condition that failed is only the first when no operation before it was in the way.
		for _, reason := range cancelled.CancellationReasons {
			if code := codeOf(reason); code != "None" {
				return slices.Contains(passing, code)
			}
		}
		return false
	}
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) && answer.HTTPStatusCode() >= 500 {
		return true
	}
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return slices.Contains(passing, refused.ErrorCode())
	}
	var unsent *smithyhttp.RequestSendError
	var unread *smithy.DeserializationError
	return errors.As(err, &unsent) || errors.As(err, &unread) || errors.Is(err, context.DeadlineExceeded)
}

func codeOf(reason types.CancellationReason) string {
	if reason.Code == nil {
		return "None"
	}
	return *reason.Code
}
