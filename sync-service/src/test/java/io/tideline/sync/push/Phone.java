package io.tideline.sync.push;

import io.tideline.core.conversation.ConversationId;
import io.tideline.sync.device.SyncConversation;
import io.tideline.sync.device.SyncPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A device that keeps what it gets. */
final class Phone implements PushListener {
    final List<String> texts = new ArrayList<>();
    final List<String> tokens = new ArrayList<>();
    final List<Set<ConversationId>> hints = new ArrayList<>();
    final List<Ended> ends = new ArrayList<>();
    boolean ready = true;
    int caughtUp;
    Runnable onPage = () -> {};

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void page(SyncPage page) {
        tokens.add(page.next());
        for (SyncConversation conversation : page.conversations()) {
            conversation.messages().stream()
                    .filter(message -> message.event().isEmpty())
                    .forEach(message -> texts.add(message.entry().payload().toUtf8()));
        }
        onPage.run();
    }

    @Override
    public void caughtUp() {
        caughtUp++;
    }

    @Override
    public void hint(Set<ConversationId> moved) {
        hints.add(moved);
    }

    @Override
    public void heartbeat() {}

    @Override
    public void ended(Ended reason) {
        ends.add(reason);
    }

    String lastToken() {
        return tokens.get(tokens.size() - 1);
    }
}
