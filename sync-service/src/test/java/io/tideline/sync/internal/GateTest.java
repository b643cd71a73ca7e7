package io.tideline.sync.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class GateTest {
    private final Gate gate = new Gate(2);
    private final List<CompletableFuture<String>> begun = new ArrayList<>();

    private CompletableFuture<String> enter() {
        return gate.pass(() -> {
            CompletableFuture<String> work = new CompletableFuture<>();
            begun.add(work);
            return work;
        });
    }

    @Test
    void pass_moreThanFit_waitTheirTurn() {
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            results.add(enter());
        }
        assertThat(begun).hasSize(2);

        begun.get(1).complete("b");
        begun.get(0).completeExceptionally(new IllegalStateException("a"));

        assertThat(begun).hasSize(4);
        assertThat(results.get(0)).isCompletedExceptionally();
        assertThat(results.get(1)).isCompletedWithValue("b");
        begun.get(2).complete("c");
        begun.get(3).complete("d");
        begun.get(4).complete("e");
        assertThat(results.get(4)).isCompletedWithValue("e");
        assertThat(enter()).isNotDone();
        assertThat(begun).hasSize(6);
    }

    @Test
    void pass_workThatThrows_fails_andLetsTheNextIn() {
        CompletableFuture<String> failed = gate.pass(() -> {
            throw new IllegalArgumentException("no");
        });
        CompletableFuture<String> one = enter();
        CompletableFuture<String> two = enter();

        assertThat(failed).isCompletedExceptionally();
        assertThat(begun).hasSize(2);
        assertThat(one).isNotDone();
        assertThat(two).isNotDone();
    }
}
