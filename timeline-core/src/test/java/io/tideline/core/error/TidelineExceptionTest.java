package io.tideline.core.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class TidelineExceptionTest {
    private static final List<TidelineException> ALL = List.of(
            new OverloadedException("queue full", Map.of(), null),
            new StorageUnavailableException("queue full", Map.of(), null),
            new OutcomeUnknownException("queue full", Map.of(), null),
            new DeadlinePassedException("queue full", Map.of(), null),
            new SchemaMismatchException("queue full", Map.of(), null),
            new CorruptDataException("queue full", Map.of(), null),
            new WorkFailedException("queue full", Map.of(), null));

    @Test
    void everyReason_hasOneException() {
        assertThat(ALL).extracting(TidelineException::reason).containsExactlyInAnyOrder(ErrorReason.values());
    }

    @Test
    void retryable_isAllThatTimeMayHeal() {
        Set<ErrorReason> lasting = ALL.stream()
                .filter(failure -> !failure.retryable())
                .map(TidelineException::reason)
                .collect(Collectors.toSet());

        assertThat(lasting)
                .isEqualTo(EnumSet.of(ErrorReason.SCHEMA_MISMATCH, ErrorReason.CORRUPT_DATA, ErrorReason.WORK_FAILED));
    }

    @Test
    void message_isConstantTextAndContext() {
        IllegalStateException cause = new IllegalStateException("cause");
        TidelineException failure = new OverloadedException("queue full", Map.of("waiting", "12"), cause);

        assertThat(failure).hasMessage("queue full {waiting=12}").hasCause(cause);
        assertThat(failure.context()).containsExactly(Map.entry("waiting", "12"));
        assertThat(ALL).extracting(Throwable::getMessage).containsOnly("queue full");
    }
}
