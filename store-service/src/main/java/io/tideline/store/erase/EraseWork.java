package io.tideline.store.erase;

import io.tideline.core.store.Deadline;
import io.tideline.core.store.RecordStore;
import io.tideline.core.store.TimelineStore;
import io.tideline.store.conversation.ConversationService;
import java.time.InstantSource;

/** What all steps of erasures work with. */
record EraseWork(
        TimelineStore timelines,
        RecordStore records,
        ErasePorts ports,
        ConversationService conversations,
        GoneMessages gone,
        EraseConfig config,
        InstantSource clock) {
    Deadline deadline() {
        return Deadline.after(config.requestTimeout());
    }
}
