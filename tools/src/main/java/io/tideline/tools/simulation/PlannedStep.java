package io.tideline.tools.simulation;

import io.tideline.api.v1.DiffusionPolicy;
import java.util.List;

/** One step of a group's life, which is one entry of its conversation; a switch of diffusion is two. */
sealed interface PlannedStep {
    /** Becoming members together. */
    record Join(List<String> users) implements PlannedStep {}

    record Leave(String user) implements PlannedStep {}

    /**
     * A message.
     *
     * @param to whom a personal notice goes that follows it, empty for none
     */
    record Say(String user, String clientMessageId, String text, String to) implements PlannedStep {}

    /**
     * A message is taken back.
     *
     * @param target index of the entry of a message
     */
    record Recall(String user, int target) implements PlannedStep {}

    /**
     * A message gets another text.
     *
     * @param target index of the entry of a message
     */
    record Edit(String user, int target, String text) implements PlannedStep {}

    /**
     * A reaction to a message is added, or taken away.
     *
     * @param target index of the entry of a message
     */
    record React(String user, int target, String reaction, boolean remove) implements PlannedStep {}

    /** Two entries: the setting, and the switch. */
    record Switch(DiffusionPolicy policy) implements PlannedStep {}
}
