package io.tideline.sync.peer;

import io.tideline.core.feed.ChangeListener;
import io.tideline.sync.device.Device;

/** What a server has to do with the hints of others, as its services see it. Never blocks. */
public interface HintExchange {
    /** Takes what another server has told, on any thread. */
    void received(Hints hints);

    /** The device has a new stream here: to be told to the others. */
    void opened(Device device);

    /** Of a server that tells the others nothing, and hands what they tell to {@code listener}. */
    static HintExchange alone(ChangeListener listener) {
        return new HintExchange() {
            @Override
            public void received(Hints hints) {
                listener.changed(hints.moved());
            }

            @Override
            public void opened(Device device) {
                // There is nobody to be told.
            }
        };
    }
}
