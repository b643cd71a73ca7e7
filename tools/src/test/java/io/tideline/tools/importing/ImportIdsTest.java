package io.tideline.tools.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.core.timeline.ClientMessageId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImportIdsTest {
    private final ImportIds ids = new ImportIds("log:1.jsonl");

    @ParameterizedTest
    @ValueSource(longs = {1, 9, 10, 231_248, 999_999_999_999_999L})
    void lineOf_idOfLine_isTheLine(long line) {
        assertThat(ids.lineOf(ids.ofLine(line))).hasValue(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"log:1.jsonl", "log:1.jsonl:", "log:1.jsonl:01", "log:1.jsonl:0", "log:1.jsonl:1x", "log:1:1", ""
            })
    void lineOf_otherIds_isEmpty(String clientMessageId) {
        assertThat(ids.lineOf(clientMessageId)).isEmpty();
    }

    @Test
    void lineOf_otherImportWithTheSameBeginning_isEmpty() {
        assertThat(new ImportIds("log").lineOf("log:1.jsonl:7")).isEmpty();
    }

    @Test
    void longestImportId_leavesRoomForTheLine() {
        ImportIds longest = new ImportIds("i".repeat(ImportIds.MAX_IMPORT_ID_BYTES));

        assertThat(new ClientMessageId(longest.ofLine(999_999_999_999_999L)).value())
                .hasSize(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\tb", "ääääääääääääääääääääääääääääääää"})
    void importId_outOfItsLimits_isRefused(String importId) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ImportIds(importId));
    }
}
