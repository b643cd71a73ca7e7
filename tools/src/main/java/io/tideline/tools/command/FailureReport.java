package io.tideline.tools.command;

import io.grpc.Status;
import io.tideline.client.TidelineCallException;
import io.tideline.tools.chatlog.MalformedChatLogException;
import io.tideline.tools.importing.ImportRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;

/**
 * What went wrong, for stderr and for the shell.
 *
 * @param exitCode one of {@link ExitCode}
 * @param line one line: code, reason, message, and the fields of the request that were refused
 */
public record FailureReport(int exitCode, String line) {

    public FailureReport {
        // Transports put stack traces into their messages.
        line = line.lines().findFirst().orElse("failed");
    }

    /** The report of whatever ended a command. */
    public static FailureReport of(Throwable thrown) {
        if (thrown instanceof CommandFailure failure) {
            return new FailureReport(failure.exitCode(), String.valueOf(failure.getMessage()));
        }
        if (thrown instanceof TidelineCallException call) {
            return ofCall(call);
        }
        if (thrown instanceof ImportRefusedException || thrown instanceof MalformedChatLogException) {
            return new FailureReport(ExitCode.REFUSED, String.valueOf(thrown.getMessage()));
        }
        if (thrown instanceof CompletionException wrapper && wrapper.getCause() != null) {
            return of(wrapper.getCause());
        }
        if (thrown instanceof NoSuchFileException missing) {
            return new FailureReport(ExitCode.USAGE, "no such file: " + missing.getFile());
        }
        if (thrown instanceof UncheckedIOException || thrown instanceof IOException) {
            return new FailureReport(ExitCode.REFUSED, "cannot read or write: " + thrown.getMessage());
        }
        return new FailureReport(
                ExitCode.INTERNAL,
                "unexpected " + thrown.getClass().getSimpleName() + ": " + thrown.getMessage()
                        + " (--debug shows where)");
    }

    private static FailureReport ofCall(TidelineCallException call) {
        StringBuilder line = new StringBuilder(String.valueOf(call.getMessage()));
        for (TidelineCallException.FieldViolation violation : call.fieldViolations()) {
            line.append("; ").append(violation.field()).append(": ").append(violation.description());
        }
        return new FailureReport(exitCode(call.code()), line.toString());
    }

    private static int exitCode(Status.Code code) {
        return switch (code) {
            case NOT_FOUND -> ExitCode.NEGATIVE;
            case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, CANCELLED -> ExitCode.UNAVAILABLE;
            case INVALID_ARGUMENT,
                    ALREADY_EXISTS,
                    ABORTED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    UNIMPLEMENTED -> ExitCode.REFUSED;
            case OK, UNKNOWN, INTERNAL, DATA_LOSS -> ExitCode.INTERNAL;
        };
    }
}
