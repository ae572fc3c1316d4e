//! The objects, for a function that has any: feature `objects`.

use blobs::Blobs;

use crate::{Fault, Parts};

impl Parts {
    /// The objects.
    ///
    /// # Errors
    /// `BUCKET` is not set.
    pub fn blobs(&self) -> Result<Blobs, Fault> {
        let settings = self.settings();
        Ok(Blobs::new(blobs::Config {
            endpoint: settings.objects_endpoint.clone(),
            public_endpoint: settings.objects_public_url.clone(),
            region: settings.region.clone(),
            bucket: settings.bucket.clone().ok_or(Fault::new("BUCKET", "is not set"))?,
            access_key_id: settings.access_key_id.clone(),
            secret_access_key: settings.secret_access_key.clone(),
            session_token: settings.session_token.clone(),
            server_side_kms_key: settings.kms_key.clone(),
        }))
    }
}
