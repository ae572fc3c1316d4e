//! The looks of a deployment, as far as mails show them.

use domain::{Email, Rejected};

/// Name, colour, logo and support address. The default is the product's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branding {
    name: String,
    /// The colour of the button and the line above.
    pub accent: Accent,
    /// Whom people write to.
    pub support: Option<Email>,
    /// The logo beside the name.
    pub logo: Option<LogoPath>,
}

/// A colour as `#RRGGBB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent([u8; 3]);

/// Where the logo is, as a path of the portal itself, so that a mail asks nobody else for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoPath(String);

impl Branding {
    /// A branding without support address and logo.
    ///
    /// # Errors
    /// The name is not 1 to 60 printable characters.
    pub fn new(name: &str, accent: Accent) -> Result<Self, Rejected> {
        let name = name.trim();
        let fits = (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        let branding = Self { name: name.to_owned(), accent, support: None, logo: None };
        fits.then_some(branding).ok_or(Rejected("must be 1 to 60 printable characters"))
    }

    /// What the product is called here.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Default for Branding {
    fn default() -> Self {
        Self { name: "MagOneAI".to_owned(), accent: Accent([0x43, 0x38, 0xca]), support: None, logo: None }
    }
}

impl Accent {
    /// The colour of text on it: white or black, whichever has the higher contrast (WCAG 2.2).
    #[must_use]
    pub fn text(self) -> &'static str {
        // Black is the better one from the luminance on at which (L + 0.05) / 0.05 = 1.05 / (L + 0.05).
        if self.luminance() > 0.179 { "#000000" } else { "#ffffff" }
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let Self([red, green, blue]) = self;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}

impl TryFrom<&str> for Accent {
    type Error = Rejected;

    fn try_from(raw: &str) -> Result<Self, Rejected> {
        let refused = Rejected("must be a colour such as #4338CA");
        let digits = raw.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii()).ok_or(refused)?;
        let digits_only = digits.bytes().all(|b| b.is_ascii_hexdigit());
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| digits_only).ok_or(refused)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl std::fmt::Display for Accent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl TryFrom<String> for LogoPath {
    type Error = Rejected;

    fn try_from(raw: String) -> Result<Self, Rejected> {
        let plain = raw.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b));
        let fits = raw.len() <= 200 && raw.starts_with('/') && !raw.contains("//") && !raw.contains("..") && plain;
        fits.then_some(Self(raw)).ok_or(Rejected("must be a path of the portal, such as /v1/branding/logo.png"))
    }
}

impl std::fmt::Display for LogoPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_on_a_colour_is_the_one_that_can_be_read() {
        for (accent, text) in [
            ("#000000", "#ffffff"),
            ("#4338CA", "#ffffff"),
            ("#757575", "#ffffff"),
            ("#767676", "#000000"),
            ("#FFD400", "#000000"),
            ("#ffffff", "#000000"),
        ] {
            let accent = Accent::try_from(accent).unwrap();
            assert_eq!(accent.text(), text, "{accent}");
        }
    }

    #[test]
    fn what_is_no_colour_could_end_its_attribute_and_is_refused() {
        for accent in ["", "red", "4338ca", "#4338c", "#4338ca0", "#+338ca", "#4338cé", "#43;x:y"] {
            assert!(Accent::try_from(accent).is_err(), "{accent} was taken");
        }
    }

    #[test]
    fn a_logo_is_at_the_portal_itself() {
        for path in ["logo.png", "//evil.example/x.png", "https://evil.example/x.png", "/../x", "/x y", "/x\"", "/x?y"]
        {
            assert!(LogoPath::try_from(path.to_owned()).is_err(), "{path} was taken");
        }
        assert!(LogoPath::try_from("/v1/branding/logo-3f2a.png".to_owned()).is_ok());
    }

    #[test]
    fn a_name_is_there_and_short() {
        let named = |name: &str| Branding::new(name, Branding::default().accent);
        assert!(named("").is_err() && named("a\nb").is_err() && named(&"x".repeat(61)).is_err());
        assert_eq!(named(" Acme ").unwrap().name(), "Acme");
    }
}
